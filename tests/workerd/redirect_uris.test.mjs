// Where a code may go: exactly where the client said at registration, but for the port of a loopback address (AS-25, AS-26).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertOauthError, assertPage, assertTokens } from './support/expect.mjs';
import { decide } from './support/sign_in.mjs';

let edge;

before(async () => {
  edge = await startEdge({ REDIRECT_SCHEMES: '["com.example.added"]' });
});
after(() => edge.stop());

/** Registered, asked for at authorization, good. */
const MATRIX = [
  ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb', true],
  ['http://127.0.0.1:3000/cb', 'http://127.0.0.1:51004/cb', true],
  ['http://127.0.0.1:3000/cb', 'http://127.0.0.1/cb', true],
  ['http://localhost/cb', 'http://localhost:3118/cb', true],
  ['http://localhost:1/cb?a=1', 'http://localhost:2/cb?a=1', true],
  ['http://[::1]/cb', 'http://[::1]:9/cb', true],
  ['http://127.0.0.1:3000/cb', 'http://127.0.0.1:51004/other', false],
  ['http://127.0.0.1:3000/cb', 'http://localhost:51004/cb', false],
  ['http://localhost/cb', 'http://127.0.0.1/cb', false],
  ['http://127.0.0.1/cb', 'https://127.0.0.1:1/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb?x=1', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb#x', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:1@evil.example/cb', false],
  ['http://localhost/cb', 'http://localhost.evil.example/cb', false],
  ['http://localhost/cb', 'http://LOCALHOST:1/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:99999/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1@evil.example/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:1//cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:1/CB', false],
  ['https://client.example/cb', 'https://client.example/cb', true],
  ['https://client.example/cb', 'https://client.example/cb/', false],
  ['https://client.example/cb', 'https://client.example//cb', false],
  ['https://client.example/cb', 'https://client.example/cb?x=1', false],
  ['https://client.example/cb', 'https://CLIENT.example/cb', false],
  ['https://client.example/cb', 'https://client.example:443/cb', false],
  ['https://client.example/cb', 'https://client.example:1337/cb', false],
  ['https://client.example/cb', 'https://client.example/cb%2F..', false],
  ['https://client.example/cb', 'https://client.example/cb#frag', false],
];
for (const [registered, asked, good] of MATRIX) {
  test(`registered ${registered}, asked ${asked}: ${good ? 'a code' : 'a page'}`, async () => {
    const client = await Client.register(edge, { redirect_uris: [registered] });
    const request = client.authorization({ redirect_uri: asked });
    if (!good) return assertPage(await new Browser().open(request.url), 400);

    const leftTo = await decide(new Browser(), request.url);
    assert.ok(leftTo.href.startsWith(new URL(asked).href), leftTo.href);
    const code = leftTo.searchParams.get('code');
    assertOauthError(await client.redeem(code, request.verifier, { redirect_uri: `${asked}x` }), 400, 'invalid_grant');
    assertTokens(await client.redeem(code, request.verifier, { redirect_uri: asked }));
  });
}

describe('at registration', () => {
  const GOOD = [
    'https://client.example/cb',
    'https://client.example:8443/cb?x=1',
    'http://localhost/callback',
    'http://localhost:33418/oauth/callback',
    'http://127.0.0.1:6276/oauth/callback',
    'http://[::1]:9/cb',
    'https://claude.ai/api/mcp/auth_callback',
    'https://chatgpt.com/connector_platform_oauth_redirect',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'com.example.added:/callback',
  ];
  for (const uri of GOOD) {
    test(`${uri} is kept as it was written`, async () => {
      const { registration } = await Client.register(edge, { redirect_uris: [uri] });
      assert.deepEqual(registration.redirect_uris, [uri]);
    });
  }

  const BAD = [
    ['http elsewhere', 'http://client.example/cb'],
    ['http on a private address', 'http://192.168.1.2/cb'],
    ['a host that only begins like loopback', 'http://127.0.0.1.evil.example/cb'],
    ['a user name', 'https://user@client.example/cb'],
    ['a fragment', 'https://client.example/cb#x'],
    ['a wildcard', 'https://*.example/cb'],
    ['a script', 'javascript:alert(1)'],
    ['a script in capitals', 'JavaScript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a file', 'file:///etc/passwd'],
    ['a blob', 'blob:https://client.example/1'],
    ['about', 'about:blank'],
    ['vbscript', 'vbscript:x'],
    ['an unknown scheme', 'evilapp://callback'],
    ['a relative one', '/callback'],
    ['a host that is not spelled plainly', 'https://client.example;script-src/cb'],
    ['a line break', 'https://client.example/cb\r\nX-Injected: 1'],
    ['a space', 'https://client.example/c b'],
    ['nothing', ''],
    ['513 characters', `https://client.example/${'x'.repeat(490)}`],
  ];
  for (const [what, uri] of BAD) {
    test(`${what} is refused alone, and left out beside a good one`, async () => {
      const alone = await edge.post('/register', {
        json: { redirect_uris: [uri], token_endpoint_auth_method: 'none' },
      });
      assertOauthError(alone, 400, 'invalid_redirect_uri');
      const { registration } = await Client.register(edge, { redirect_uris: [uri, 'https://client.example/cb'] });
      assert.deepEqual(registration.redirect_uris, ['https://client.example/cb']);
    });
  }
});
