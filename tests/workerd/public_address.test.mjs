// Under its public https name, as it is deployed: the same sign-in, with the cookies and the addresses of that name.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertAdmitted, assertJson, assertPage, assertTokens } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect, enter } from './support/sign_in.mjs';

const PUBLIC = 'https://mcp.example.com';

let edge;
let loopback;
let origin;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url, PUBLIC_URL: PUBLIC });
  loopback = edge.url;
  edge.publishAs(PUBLIC);
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

test('a client signs in, is told that issuer, is let through and refreshes (AS-06, AS-31)', async () => {
  const browser = new Browser();
  const { callback, client, tokens } = await connect(edge, { browser });
  assert.equal(callback.searchParams.get('iss'), PUBLIC);
  await assertAdmitted(edge, tokens.access_token);
  assertTokens(await client.refresh(tokens.refresh_token));
});

test('the browser keeps cookies that no other host can set or read (AS-44)', async () => {
  const browser = new Browser();
  await enter(browser, `${PUBLIC}/gatelodge`);
  const cookies = browser.cookies(PUBLIC);
  assert.equal(cookies.length, 2);
  for (const cookie of cookies) {
    assert.match(cookie.key, /^__Host-/);
    assert.ok(cookie.secure && cookie.httpOnly && cookie.hostOnly);
    assert.equal(cookie.path, '/');
    assert.equal(cookie.sameSite, 'lax');
  }
  assert.ok(!(await browser.open(`${PUBLIC}/gatelodge`)).asksForPassword);
});

test('a form is not taken from a page of the plain http address', async () => {
  const client = await Client.register(edge);
  const browser = new Browser();
  const consent = await enter(browser, client.authorization().url);
  const headers = { origin: 'http://mcp.example.com', 'sec-fetch-site': undefined };
  assertPage(await browser.submit(consent, { button: 'approve', headers }), 403);
});

test('another name leads nowhere, also with a token of this one', async () => {
  const { tokens } = await connect(edge);
  for (const url of [loopback, loopback.replace('localhost', '127.0.0.1')]) {
    assertJson(
      await edge.send('/mcp', { headers: { host: new URL(url).host, authorization: `Bearer ${tokens.access_token}` } }),
      421,
    );
  }
  const headers = { host: 'mcp.example.com.evil.example' };
  for (const path of ['/authorize', '/gatelodge', '/register', '/.well-known/oauth-protected-resource']) {
    assertJson(await edge.get(path, { headers }), 421);
  }
});

test('the header that names another host for a proxy changes nothing', async () => {
  const headers = {
    'x-forwarded-host': 'evil.example',
    forwarded: 'host=evil.example',
    'x-original-url': '/gatelodge',
  };
  const document = assertJson(await edge.get('/.well-known/oauth-authorization-server', { headers }), 200);
  assert.equal(document.issuer, PUBLIC);
});
