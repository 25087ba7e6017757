// The owner sees who is connected, and can end each connection, or all (AS-47).

import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertPage, assertTokens } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect, decide, enter } from './support/sign_in.mjs';

let browser;
let edge;
let origin;

before(async () => {
  origin = await startOrigin();
});
after(() => origin.stop());
beforeEach(async () => {
  edge = await startEdge({ ORIGIN: origin.url, GRANT_CACHE_SECONDS: '1' });
  browser = new Browser();
});
afterEach(() => edge.stop());

const REVOKE = '/gatelodge/revoke';

async function connectAs(name, metadata = {}) {
  return connect(edge, { browser, client: await Client.register(edge, { client_name: name, ...metadata }) });
}

async function ownerPage() {
  return assertPage(await enter(browser, `${edge.url}/gatelodge`), 200);
}

const revokeForms = (page) =>
  page.document.querySelectorAll('form').filter((form) => new URL(page.actionOf(form)).pathname === REVOKE);

test('it asks for the password first and says nothing before', async () => {
  await connectAs('Secret Assistant');
  const page = assertPage(await new Browser().open(`${edge.url}/gatelodge`), 200);
  assert.ok(page.asksForPassword);
  assert.ok(!page.says.includes('Secret Assistant'));
});

test('without clients it says so', async () => {
  const page = await ownerPage();
  assert.deepEqual(revokeForms(page), []);
});

test('each connection is listed with its client, host, mount and date', async () => {
  await connectAs('Desk Assistant');
  await connectAs('Phone Assistant', { redirect_uris: ['https://phone.example/cb'] });
  const page = await ownerPage();
  assert.equal(revokeForms(page).length, 2);
  for (const shown of [
    'Desk Assistant',
    'client.example',
    'Phone Assistant',
    'phone.example',
    '/mcp',
    String(new Date().getUTCFullYear()),
  ]) {
    assert.ok(page.says.includes(shown), shown);
  }
});

test('a code that was not redeemed and a request that was denied are no connections', async () => {
  const client = await Client.register(edge);
  await decide(browser, client.authorization().url, 'deny');
  assert.deepEqual(revokeForms(await ownerPage()), []);
});

test('one client can hold two connections, and they are two', async () => {
  const client = await Client.register(edge);
  for (let time = 0; time < 2; time += 1) await connect(edge, { browser, client });
  assert.equal(revokeForms(await ownerPage()).length, 2);
});

describe('revoking', () => {
  test('one ends it within the bound and leaves the others', async () => {
    const [desk, phone] = [await connectAs('Desk Assistant'), await connectAs('Phone Assistant')];
    for (const { tokens } of [desk, phone]) await assertAdmitted(edge, tokens.access_token);

    const after = await browser.submit(await ownerPage(), { action: REVOKE, about: 'Desk Assistant' });

    assertPage(after, 200);
    assert.equal(
      after.document.querySelectorAll('form').filter((form) => form.getAttribute('action')?.endsWith('/revoke')).length,
      1,
    );
    await eventually(() => assertNotAdmitted(edge, desk.tokens.access_token));
    assertOauthError(await desk.client.refresh(desk.tokens.refresh_token), 400, 'invalid_grant');
    await assertAdmitted(edge, phone.tokens.access_token);
    assertTokens(await phone.client.refresh(phone.tokens.refresh_token));
    assert.ok((await ownerPage()).says.includes('Phone Assistant'));
  });

  test('all ends all', async () => {
    const connections = [await connectAs('One'), await connectAs('Two'), await connectAs('Three')];
    await browser.submit(await ownerPage(), { action: '/gatelodge/revoke-all' });
    for (const { client, tokens } of connections) {
      await eventually(() => assertNotAdmitted(edge, tokens.access_token));
      assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
    }
    assert.deepEqual(revokeForms(await ownerPage()), []);
    assert.deepEqual((await edge.storage()).keys, [], 'the register is empty again');
  });

  test('the same one twice does no harm', async () => {
    await connectAs('Desk Assistant');
    const page = await ownerPage();
    for (let time = 0; time < 2; time += 1) {
      assertPage(await browser.submit(page, { action: REVOKE }), 200);
    }
    assert.deepEqual(revokeForms(await ownerPage()), []);
  });

  test('something that is not there does no harm', async () => {
    const { tokens } = await connectAs('Desk Assistant');
    const page = await ownerPage();
    const before = await edge.storage();
    for (const grant of ['', 'x', '../client', 'a'.repeat(2_000), 'A'.repeat(22), '\u0000']) {
      const edit = (fields) => {
        fields.set('grant', grant);
        return fields;
      };
      assertPage(await browser.submit(page, { action: REVOKE, edit }), 400);
    }
    assert.deepEqual(await edge.storage(), before);
    await assertAdmitted(edge, tokens.access_token);
  });

  test('a code before it is redeemed makes it worthless', async () => {
    const client = await Client.register(edge);
    const request = client.authorization();
    const leftTo = await decide(browser, request.url);
    await browser.submit(await ownerPage(), { action: '/gatelodge/revoke-all' });
    assertOauthError(await client.redeem(leftTo.searchParams.get('code'), request.verifier), 400, 'invalid_grant');
  });

  test('a client that gave its token back is no longer listed', async () => {
    const { client, tokens } = await connectAs('Desk Assistant');
    await client.revoke(tokens.refresh_token);
    await eventually(async () => assert.deepEqual(revokeForms(await ownerPage()), []));
  });
});

test('the longest name and host that can be registered can be let in and listed', async () => {
  const host = `${'a'.repeat(61)}.${'b'.repeat(61)}.${'c'.repeat(61)}.${'d'.repeat(59)}.example`;
  assert.equal(host.length, 253);
  for (const name of ['\u{1f3e1}'.repeat(80), '"\\'.repeat(40)]) {
    await connectAs(name, { redirect_uris: [`https://${host}/${'p'.repeat(200)}`] });
    const page = await ownerPage();
    assert.ok(page.document.querySelector('body').text.includes(name), name.slice(0, 8));
    assert.ok(page.says.includes(host));
  }
});

test('names that are alike are told apart by where they lead', async () => {
  await connectAs('Claude', { redirect_uris: ['https://claude.ai/cb'] });
  await connectAs('Claude', { redirect_uris: ['https://evil.example/cb'] });
  const page = await ownerPage();
  assert.ok(page.says.includes('claude.ai') && page.says.includes('evil.example'));
});
