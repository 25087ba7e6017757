// Who may decide: the person with the password, in the browser that was shown the page, for the request that was shown.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertPage, assertTokens } from './support/expect.mjs';
import { decide, enter } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

let client;
let edge;

before(async () => {
  edge = await startEdge();
  client = await Client.register(edge);
});
after(() => edge.stop());

describe('the way in', () => {
  test('asks for the password first, then for consent, then goes back with code, state and iss (AS-29, AS-31)', async () => {
    const browser = new Browser();
    const request = client.authorization();
    const login = assertPage(await browser.open(request.url), 200);
    assert.ok(login.asksForPassword);

    const consent = assertPage(await browser.submit(login, { fill: { password: OWNER_PASSWORD } }), 200);
    assert.ok(!consent.asksForPassword);
    assert.ok(consent.hasButton('approve') && consent.hasButton('deny'));
    const { leftTo } = await browser.submit(consent, { button: 'approve' });

    assert.equal(leftTo.origin + leftTo.pathname, request.redirectUri);
    assert.deepEqual([...leftTo.searchParams.keys()].sort(), ['code', 'iss', 'state']);
    assert.equal(leftTo.searchParams.get('state'), request.state);
    assert.equal(leftTo.searchParams.get('iss'), edge.url);
    assertTokens(await client.redeem(leftTo.searchParams.get('code'), request.verifier));
  });

  test('says access_denied when the owner says no (AS-30, AS-31)', async () => {
    const before = await edge.storage();
    const request = client.authorization();
    const { searchParams } = await decide(new Browser(), request.url, 'deny');
    assert.equal(searchParams.get('error'), 'access_denied');
    assert.equal(searchParams.get('state'), request.state);
    assert.equal(searchParams.get('iss'), edge.url);
    assert.equal(searchParams.get('code'), null);
    assert.deepEqual((await edge.storage()).keys, before.keys);
  });

  test('asks a browser that is signed in for consent only, and always (AS-40, AS-46)', async () => {
    const browser = new Browser();
    await decide(browser, client.authorization().url);
    const again = assertPage(await browser.open(client.authorization().url), 200);
    assert.ok(!again.asksForPassword);
    assert.ok(again.hasButton('approve'));
  });

  test('leaves the state as it came, whatever is in it (AS-30)', async () => {
    const browser = new Browser();
    for (const state of ['a b&c=d#e', '"><script>', 'Gr\u00fc\u00dfe', '%20', 'x'.repeat(500), '{"a":[1]}']) {
      const { searchParams } = await decide(browser, client.authorization({ state }).url);
      assert.equal(searchParams.get('state'), state);
    }
  });

  test('invents no state (AS-30)', async () => {
    const { searchParams } = await decide(new Browser(), client.authorization({ state: undefined }).url);
    assert.equal(searchParams.has('state'), false);
  });

  test('keeps the query that the redirect URI has of its own (AS-25)', async () => {
    const own = await Client.register(edge, { redirect_uris: ['https://client.example/cb?tenant=7&x=%20'] });
    const leftTo = await decide(new Browser(), own.authorization().url);
    assert.match(leftTo.search, /^\?tenant=7&x=(%20|\+)&/);
    assert.ok(leftTo.searchParams.get('code'));
  });

  test('GET /authorize costs nothing and leaves no trace, however often (fastmcp asks before the browser does)', async () => {
    const before = await edge.storage();
    const { url } = client.authorization();
    for (let time = 0; time < 5; time += 1) assertPage(await new Browser().open(url), 200);
    assert.deepEqual(await edge.storage(), before);
  });
});

describe('a wrong password', () => {
  test('gives the form again, and the right one then leads to the same request', async () => {
    const browser = new Browser();
    const request = client.authorization();
    const refused = assertPage(
      await browser.submit(await browser.open(request.url), { fill: { password: 'wrong password' } }),
      403,
    );
    assert.ok(refused.asksForPassword);
    assert.ok(!refused.text.includes('wrong password'));

    const consent = assertPage(await browser.submit(refused, { fill: { password: OWNER_PASSWORD } }), 200);
    const { leftTo } = await browser.submit(consent, { button: 'approve' });
    assert.equal(leftTo.searchParams.get('state'), request.state);
  });

  const WRONG = [
    ['', 400],
    [' ', 403],
    [OWNER_PASSWORD.toUpperCase(), 403],
    [`${OWNER_PASSWORD} `, 403],
    [OWNER_PASSWORD.slice(0, -1), 403],
    ['\u0000', 403],
    ['x'.repeat(20_000), 403],
    ['x'.repeat(100_000), 400],
  ];
  for (const [password, status] of WRONG) {
    test(`${JSON.stringify(password.slice(0, 30))} (${password.length} characters) opens nothing`, async () => {
      const browser = new Browser();
      assertPage(await browser.submit(await browser.open(client.authorization().url), { fill: { password } }), status);
      assert.ok((await browser.open(client.authorization().url)).asksForPassword);
    });
  }
});

describe('a session', () => {
  test('ends with the password that opened it, and outlives a restart', async () => {
    const persist = await mkdtemp(join(tmpdir(), 'gatelodge-'));
    const browser = new Browser();
    const port = await steadyPort();
    let own = await startEdge({}, { persist, port });
    await enter(browser, `${own.url}/gatelodge`);
    await own.stop();

    own = await startEdge({}, { persist, port });
    assert.ok(!(await browser.open(`${own.url}/gatelodge`)).asksForPassword);
    await own.stop();

    own = await startEdge({ OWNER_PASSWORD: 'the owner has a new one' }, { persist, port });
    try {
      assert.ok((await browser.open(`${own.url}/gatelodge`)).asksForPassword);
    } finally {
      await own.stop();
      await rm(persist, { recursive: true });
    }
  });

  test('ends when the owner signs out, also for whoever kept the page', async () => {
    const browser = new Browser();
    const consent = await enter(browser, client.authorization().url);
    const owner = await browser.open(`${edge.url}/gatelodge`);
    await browser.submit(owner, { action: '/gatelodge/sign-out' });

    assert.ok((await browser.open(`${edge.url}/gatelodge`)).asksForPassword);
    const late = await browser.submit(consent, { button: 'approve' });
    assert.equal(late.leftTo, undefined);
  });

  test('has cookies that scripts, other sites and plain connections do not get (AS-44)', async () => {
    const headers = { host: 'mcp.example.com', 'x-forwarded-proto': 'https' };
    const reply = await edge.get('/gatelodge', { headers });
    const cookies = reply.headers['set-cookie'];
    assert.ok(cookies.length > 0);
    for (const cookie of cookies) {
      assert.match(cookie, /^__Host-/);
      for (const attribute of [/; *secure/i, /; *httponly/i, /; *samesite=lax/i, /; *path=\/(;|$)/i])
        assert.match(cookie, attribute);
      assert.doesNotMatch(cookie, /; *domain=/i);
    }
  });

  test('works on plain loopback under another name', async () => {
    const browser = new Browser();
    await enter(browser, `${edge.url}/gatelodge`);
    const cookies = browser.cookies(edge.url);
    assert.ok(cookies.length > 0);
    for (const cookie of cookies) {
      assert.doesNotMatch(cookie.key, /^__/);
      assert.ok(cookie.httpOnly);
      assert.equal(cookie.sameSite, 'lax');
    }
  });
});
