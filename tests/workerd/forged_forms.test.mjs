// A form is accepted from the page that showed it, in the browser that it was shown to, and as what it was shown
// (CSRF, login CSRF, swapped tickets).

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertPage } from './support/expect.mjs';
import { connect, enter } from './support/sign_in.mjs';

let client;
let edge;

before(async () => {
  edge = await startEdge();
  client = await Client.register(edge);
});
after(() => edge.stop());

const loginPage = async (browser) => browser.open(client.authorization().url);
const consentPage = async (browser) => enter(browser, client.authorization().url);
const ownerPage = async (browser) => {
  await connect(edge, { browser, client });
  return browser.open(`${edge.url}/gatelodge`);
};

const FORMS = [
  ['sign-in', loginPage, { fill: { password: OWNER_PASSWORD } }],
  ['approval', consentPage, { button: 'approve' }],
  ['denial', consentPage, { button: 'deny' }],
  ['revocation', ownerPage, { action: '/gatelodge/revoke' }],
  ['revocation of all', ownerPage, { action: '/gatelodge/revoke-all' }],
  ['sign-out', ownerPage, { action: '/gatelodge/sign-out' }],
];

const SENDERS = [
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['another site that hides', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ['a neighbour under the same domain', { 'sec-fetch-site': 'same-site', origin: 'https://other.localhost' }],
  ['the address bar', { 'sec-fetch-site': 'none', origin: undefined }],
  ['an old browser on another site', { 'sec-fetch-site': undefined, origin: 'https://evil.example' }],
  ['an old browser that hides', { 'sec-fetch-site': undefined, origin: 'null' }],
  ['something that says nothing of itself', { 'sec-fetch-site': undefined, origin: undefined }],
];

for (const [form, show, press] of FORMS) {
  describe(`a ${form}`, () => {
    let browser;
    let page;
    let before;

    beforeEach(async () => {
      browser = new Browser();
      page = await show(browser);
      before = await edge.storage();
    });

    async function assertWithoutEffect(answer, status) {
      assertPage(answer, status);
      assert.equal(answer.leftTo, undefined);
      assert.deepEqual(await edge.storage(), before);
      assert.equal(answer.headers['set-cookie']?.some((cookie) => /session/i.test(cookie)) ?? false, false);
    }

    for (const [sender, headers] of SENDERS) {
      test(`from ${sender} is refused`, async () => {
        await assertWithoutEffect(await browser.submit(page, { ...press, headers }), 403);
      });
    }

    test("without the browser's cookies is refused", async () => {
      browser.forgetCookies();
      await assertWithoutEffect(await browser.submit(page, press), 400);
    });

    test("with another browser's cookies is refused", async () => {
      const other = new Browser();
      await show(other);
      before = await edge.storage();
      await assertWithoutEffect(await other.submit(page, press), 400);
    });

    for (const [what, edit] of [
      ['no ticket', () => undefined],
      ['an empty ticket', () => ''],
      ['an invented ticket', () => 'invented'],
      ['a damaged ticket', (ticket) => `${ticket.slice(0, -3)}AAA`],
    ]) {
      test(`with ${what} is refused`, async () => {
        await assertWithoutEffect(
          await browser.submit(page, { ...press, edit: (fields) => withTicket(fields, edit) }),
          400,
        );
      });
    }

    test('from an old browser on this site is accepted', async () => {
      const answer = await browser.submit(page, { ...press, headers: { 'sec-fetch-site': undefined } });
      assert.equal(answer.status, answer.leftTo ? 303 : 200, answer.says);
    });
  });
}

function withTicket(fields, change) {
  const ticket = fields.get('ticket');
  fields.delete('ticket');
  const changed = change(ticket);
  if (changed !== undefined) fields.append('ticket', changed);
  return fields;
}

describe('a ticket', () => {
  test('of a login page does not consent', async () => {
    const browser = new Browser();
    const login = await browser.open(client.authorization().url);
    const consent = await browser.submit(login, { fill: { password: OWNER_PASSWORD } });
    const ticket = login.fieldsOf(login.form({ fields: ['password'] })).get('ticket');
    const answer = await browser.submit(consent, {
      button: 'approve',
      edit: (fields) => withTicket(fields, () => ticket),
    });
    assert.equal(answer.leftTo, undefined);
    assertPage(answer, 400);
  });

  test('of a consent page of a session that ended does not consent in the next', async () => {
    const browser = new Browser();
    const consent = await consentPage(browser);
    await browser.submit(await browser.open(`${edge.url}/gatelodge`), { action: '/gatelodge/sign-out' });
    await enter(browser, `${edge.url}/gatelodge`);
    const answer = await browser.submit(consent, { button: 'approve' });
    assert.equal(answer.leftTo, undefined);
  });

  test('of one edge is worth nothing at another with another key', async () => {
    const other = await startEdge({ GATELODGE_KEY: Buffer.alloc(32, 'o').toString('base64') });
    try {
      const own = new Browser();
      const foreign = await enter(own, (await Client.register(other)).authorization().url);
      const ticket = foreign.fieldsOf(foreign.form({ button: 'approve' })).get('ticket');
      const browser = new Browser();
      const consent = await consentPage(browser);
      const answer = await browser.submit(consent, {
        button: 'approve',
        edit: (fields) => withTicket(fields, () => ticket),
      });
      assert.equal(answer.leftTo, undefined);
      assertPage(answer, 400);
    } finally {
      await other.stop();
    }
  });

  test('holds the whole request: nothing in the address or the form changes it', async () => {
    const browser = new Browser();
    const request = client.authorization();
    const consent = await enter(browser, request.url);
    const { leftTo } = await browser.submit(consent, {
      button: 'approve',
      edit: (fields) => {
        fields.append('redirect_uri', 'https://evil.example/');
        fields.append('state', 'changed');
        fields.append('scope', 'admin');
        return fields;
      },
    });
    assert.equal(leftTo.origin + leftTo.pathname, request.redirectUri);
    assert.equal(leftTo.searchParams.get('state'), request.state);
  });
});
