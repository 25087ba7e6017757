// A bad request is answered to the person, until it is certain whose client asked and the owner is known. Only then is
// the client told, at the address that it registered (AS-21 to AS-30).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { CALLBACK, challengeOf, Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertPage } from './support/expect.mjs';
import { decide, enter } from './support/sign_in.mjs';

let client;
let edge;

before(async () => {
  edge = await startEdge();
  client = await Client.register(edge);
});
after(() => edge.stop());

describe('while client and redirect URI are not established, there is a page and no way on', () => {
  const UNTRUSTED = [
    ['no client', { client_id: undefined }],
    ['an empty client', { client_id: '' }],
    ['an unknown client', { client_id: 'nobody' }],
    ['an oversized client', { client_id: 'x'.repeat(3_000) }],
    ['a client with a NUL', { client_id: 'a\u0000b' }],
    ['a client like a key of the register', { client_id: 'client/1' }],
    ['another redirect URI', { redirect_uri: 'https://evil.example/callback' }],
    ['a longer path', { redirect_uri: `${CALLBACK}/more` }],
    ['a slash at the end', { redirect_uri: `${CALLBACK}/` }],
    ['a query', { redirect_uri: `${CALLBACK}?x=1` }],
    ['a fragment', { redirect_uri: `${CALLBACK}#x` }],
    ['another case', { redirect_uri: 'https://CLIENT.example/callback' }],
    ['the default port', { redirect_uri: 'https://client.example:443/callback' }],
    ['another port', { redirect_uri: 'https://client.example:1337/callback' }],
    ['an encoded way out', { redirect_uri: 'https://client.example/callback%2F..' }],
    ['a dotted way out', { redirect_uri: 'https://client.example/x/../callback' }],
    ['user information', { redirect_uri: 'https://client.example@evil.example/callback' }],
    ['http', { redirect_uri: 'http://client.example/callback' }],
    ['a script', { redirect_uri: 'javascript:alert(1)' }],
    ['data', { redirect_uri: 'data:text/html,x' }],
    ['a relative one', { redirect_uri: '/callback' }],
    ['no scheme', { redirect_uri: '//client.example/callback' }],
  ];
  for (const [what, replaced] of UNTRUSTED) {
    test(`${what} (AS-21, AS-25)`, async () => {
      const { url } = client.authorization(replaced);
      const page = assertPage(await new Browser().open(url), 400);
      assert.ok(!page.asksForPassword, 'nobody signs in for nothing');
      assert.doesNotMatch(page.text, /evil\.example[^<]*["'] *>/, 'no link leads there');
    });
  }

  for (const name of ['client_id', 'redirect_uri']) {
    test(`${name} twice (AS-22)`, async () => {
      const { url } = client.authorization();
      const again = new URL(url).searchParams.get(name);
      for (const second of [again, 'https://evil.example/']) {
        assertPage(await new Browser().open(`${url}&${name}=${encodeURIComponent(second)}`), 400);
      }
    });
  }

  test('a redirect URI that must be chosen and was not (AS-25)', async () => {
    const two = await Client.register(edge, { redirect_uris: [CALLBACK, 'https://client.example/second'] });
    assertPage(await new Browser().open(two.authorization({ redirect_uri: undefined }).url), 400);
  });

  test('a client of an edge with another key', async () => {
    const foreign = await startEdge({ GATELODGE_KEY: Buffer.alloc(32, 'f').toString('base64') });
    const { id } = await Client.register(foreign);
    await foreign.stop();
    assertPage(await new Browser().open(client.authorization({ client_id: id }).url), 400);
  });
});

describe('a bad request of a known client goes back to it, after the owner signed in', () => {
  const pkce = challengeOf('v'.repeat(43));
  const BAD = [
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['response type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['response type code token', { response_type: 'code token' }, 'unsupported_response_type'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['an empty challenge', { code_challenge: '' }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE that is plain by default', { code_challenge_method: undefined }, 'invalid_request'],
    ['s256 in lower case', { code_challenge_method: 's256' }, 'invalid_request'],
    ['a short challenge', { code_challenge: pkce.slice(1) }, 'invalid_request'],
    ['a padded challenge', { code_challenge: `${pkce}=` }, 'invalid_request'],
    ['another resource', { resource: 'https://elsewhere.example/mcp' }, 'invalid_target'],
    ['a path that is no resource', () => ({ resource: `${edge.url}/other` }), 'invalid_target'],
    ['a relative resource', { resource: '/mcp' }, 'invalid_target'],
    ['a resource with a fragment', () => ({ resource: `${edge.mcp}#x` }), 'invalid_target'],
  ];
  for (const [what, replaced, error] of BAD) {
    test(`${what}: ${error} (AS-23, AS-24, AS-28)`, async () => {
      const request = client.authorization(typeof replaced === 'function' ? replaced() : replaced);
      await assertReturned(request, error);
    });
  }

  for (const name of ['state', 'scope', 'response_type', 'code_challenge', 'code_challenge_method']) {
    test(`${name} twice: invalid_request (AS-22)`, async () => {
      const request = client.authorization();
      const again = new URL(request.url).searchParams.get(name);
      request.url += `&${name}=${encodeURIComponent(again)}`;
      await assertReturned(request, 'invalid_request', name === 'state' ? [null, request.state] : [request.state]);
    });
  }

  async function assertReturned(request, error, states = [request.state]) {
    const before = await edge.storage();
    const browser = new Browser();
    const login = assertPage(await browser.open(request.url), 200);
    assert.ok(login.asksForPassword, 'nothing is told to a client before the owner is known (AS-29)');
    const page = assertPage(await enter(browser, request.url), 400);
    assert.ok(!page.hasButton('approve'));
    const { status, leftTo } = await browser.submit(page, { button: 'return' });
    assert.equal(status, 303);
    assert.equal(leftTo.origin + leftTo.pathname, CALLBACK);
    assert.equal(leftTo.searchParams.get('error'), error);
    assert.equal(leftTo.searchParams.get('iss'), edge.url);
    assert.equal(leftTo.searchParams.get('code'), null);
    assert.ok(states.includes(leftTo.searchParams.get('state')), leftTo.search);
    assert.deepEqual((await edge.storage()).keys, before.keys);
  }
});

describe('what is only unusual is no error', () => {
  const GOOD = [
    ['no resource (AS-28)', { resource: undefined }],
    ['an empty resource (AS-22)', { resource: '' }],
    ['the resource with a slash', () => ({ resource: `${edge.mcp}/` })],
    ['the web origin as resource', () => ({ resource: edge.url })],
    ['the web origin with a slash', () => ({ resource: `${edge.url}/` })],
    ['the resource in upper case', () => ({ resource: edge.mcp.replace('http://localhost', 'HTTP://LOCALHOST') })],
    ['no scope', { scope: undefined }],
    ['an empty scope', { scope: '' }],
    ['an unknown scope', { scope: 'mcp:all' }],
    ['a scope with a space at its end', { scope: 'mcp ' }],
    ['offline_access and prompt', { scope: 'mcp offline_access', prompt: 'consent' }],
    ['unknown parameters', { nonce: 'x', audience: 'y', max_age: '0', ui_locales: 'de' }],
    ['no redirect URI, where only one is registered', { redirect_uri: undefined }],
  ];
  for (const [what, replaced] of GOOD) {
    test(`${what}`, async () => {
      const request = client.authorization(typeof replaced === 'function' ? replaced() : replaced);
      const { searchParams } = await decide(new Browser(), request.url);
      const reply = await client.redeem(searchParams.get('code'), request.verifier, {
        redirect_uri: request.redirectUri,
        resource: undefined,
      });
      assert.equal(reply.status, 200, reply.text);
      assert.match(reply.json().scope, /^mcp( offline_access)?$/);
    });
  }

  test('the resource twice (RFC 8707)', async () => {
    const request = client.authorization();
    request.url += `&resource=${encodeURIComponent(`${edge.mcp}/`)}`;
    assert.ok((await decide(new Browser(), request.url)).searchParams.get('code'));
  });
});

test('methods other than GET and POST are 405 or as GET', async () => {
  const path = client.authorization().url.slice(edge.url.length);
  assert.equal((await edge.send(path, { method: 'HEAD' })).status, 200);
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    const reply = await edge.send(path, { method });
    assert.equal(reply.status, 405, method);
    assert.match(reply.headers.allow, /\bGET\b/);
  }
});
