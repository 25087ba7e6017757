// What a stranger may send to the token and revocation endpoints: refused by name, never a fault, and nothing spent
// (AS-80 to AS-87).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { basic, Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertJson, assertOauthError, assertTokens } from './support/expect.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let edge;
let held;
let stored;

before(async () => {
  edge = await startEdge();
  held = await obtainCode(edge);
  stored = await edge.storage();
});
after(async () => {
  try {
    assert.deepEqual(await edge.storage(), stored, 'bad input left something behind');
    assertTokens(await held.client.redeem(held.code, held.verifier));
  } finally {
    await edge.stop();
  }
});

/** A right request, changed. */
function good(changes = {}) {
  const fields = {
    grant_type: 'authorization_code',
    client_id: held.client.id,
    code: held.code,
    code_verifier: held.verifier,
    redirect_uri: held.redirectUri,
    resource: edge.mcp,
    ...changes,
  };
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined));
}

describe('POST /token', () => {
  const MISSING = [
    ['grant_type', 400, 'invalid_request'],
    ['client_id', 401, 'invalid_client'],
    ['code', 400, 'invalid_request'],
    ['code_verifier', 400, 'invalid_request'],
  ];
  for (const [name, status, error] of MISSING) {
    test(`without ${name}, or with an empty one: ${error} (AS-81)`, async () => {
      for (const value of [undefined, '']) {
        assertOauthError(await edge.post('/token', { form: good({ [name]: value }) }), status, error);
      }
    });
  }

  for (const name of ['grant_type', 'client_id', 'code', 'code_verifier', 'redirect_uri', 'client_secret']) {
    test(`${name} twice, even if the same: invalid_request (AS-81)`, async () => {
      const form = good(name === 'client_secret' ? { client_secret: 'x' } : {});
      form.append(name, form.get(name));
      assertOauthError(await edge.post('/token', { form }), 400, 'invalid_request');
    });
  }

  const VALUES = [
    ['an unknown grant type (AS-86)', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['client credentials', { grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    ['a grant type in capitals', { grant_type: 'AUTHORIZATION_CODE' }, 400, 'unsupported_grant_type'],
    ['an unknown client (AS-72)', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['a client id of 5,000 characters', { client_id: 'x'.repeat(5_000) }, 401, 'invalid_client'],
    ['a client id with a NUL', { client_id: 'a\u0000b' }, 401, 'invalid_client'],
    ['a client id like a key of the register', { client_id: '../grant/1' }, 401, 'invalid_client'],
    ['an invented code', { code: 'invented' }, 400, 'invalid_grant'],
    ['a code of 700 bytes', { code: 'x'.repeat(700) }, 400, 'invalid_grant'],
    ['a code with a NUL', { code: 'a\u0000b' }, 400, 'invalid_grant'],
    ['a code with a damaged end', () => ({ code: `${held.code.slice(0, -3)}AAA` }), 400, 'invalid_grant'],
    ['the client id as code', () => ({ code: held.client.id }), 400, 'invalid_grant'],
    [
      'the code as refresh token',
      () => ({ grant_type: 'refresh_token', refresh_token: held.code }),
      400,
      'invalid_grant',
    ],
    ['no refresh token', { grant_type: 'refresh_token' }, 400, 'invalid_request'],
    ['an invented refresh token', { grant_type: 'refresh_token', refresh_token: 'invented' }, 400, 'invalid_grant'],
    [
      'a refresh token of 700 bytes',
      { grant_type: 'refresh_token', refresh_token: 'x'.repeat(700) },
      400,
      'invalid_grant',
    ],
    ['a long verifier', { code_verifier: 'x'.repeat(129) }, 400, 'invalid_request'],
    ['a verifier with a space', { code_verifier: `${'x'.repeat(43)} ` }, 400, 'invalid_request'],
    [
      'the challenge as verifier',
      { code_verifier: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' },
      400,
      'invalid_grant',
    ],
    ['a foreign resource (AS-87)', { resource: 'https://elsewhere.example/mcp' }, 400, 'invalid_target'],
    ['a resource that is no URL', { resource: 'mcp' }, 400, 'invalid_target'],
    ['a secret from a public client', { client_secret: 'x' }, 401, 'invalid_client'],
  ];
  for (const [what, changes, status, error] of VALUES) {
    test(`${what}: ${status} ${error}`, async () => {
      const form = good(typeof changes === 'function' ? changes() : changes);
      assertOauthError(await edge.post('/token', { form }), status, error);
    });
  }

  const BODIES = [
    ['nothing', undefined, {}, 400],
    ['an empty form', '', FORM, 400],
    ['JSON', '{"grant_type":"authorization_code"}', { 'content-type': 'application/json' }, 400],
    ['a form that calls itself text', () => String(good()), { 'content-type': 'text/plain' }, 400],
    ['a form without a type', () => String(good()), {}, 400],
    ['a type that is no type', () => String(good()), { 'content-type': ';;;' }, 400],
    ['a multipart form', '--x\r\n', { 'content-type': 'multipart/form-data; boundary=x' }, 400],
    ['invalid percent-encoding', 'grant_type=%zz&code=%', FORM, 400, 'unsupported_grant_type'],
    ['percent-encoding that is no UTF-8', 'grant_type=%ff%fe&client_id=%c3%28', FORM, 400, 'unsupported_grant_type'],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x3d, 0xff, 0xfe]), FORM, 400],
    ['only separators', '&&&===&&', FORM, 400],
    ['a thousand names', Array.from({ length: 1_000 }, (_, n) => `p${n}=1`).join('&'), FORM, 400],
    ['a megabyte', `code=${'x'.repeat(1024 * 1024)}`, FORM, 413],
  ];
  for (const [what, body, headers, status, error = 'invalid_request'] of BODIES) {
    test(`${what} as body: ${status} ${error} (AS-80)`, async () => {
      const content = typeof body === 'function' ? body() : body;
      assertOauthError(await edge.post('/token', { body: content, headers }), status, error);
    });
  }

  test('parameters in the address count for nothing', async () => {
    assertOauthError(await edge.post(`/token?${good()}`, { form: {} }), 400, 'invalid_request');
  });

  test('an Accept header and a charset change nothing', async () => {
    for (const headers of [
      { accept: 'text/html' },
      { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    ]) {
      const reply = await edge.post('/token', {
        body: String(good({ code: 'invented' })),
        headers: { ...FORM, ...headers },
      });
      assertOauthError(reply, 400, 'invalid_grant');
    }
  });

  test('other methods are 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const reply = await edge.send(`/token?${good()}`, { method });
      assertJson(reply, 405);
      assert.match(reply.headers.allow, /\bPOST\b/);
    }
  });
});

describe('client authentication', () => {
  const BASIC = [
    ['no base64', 'Basic !!!!'],
    ['nothing', 'Basic'],
    ['no colon', `Basic ${Buffer.from('nocolon').toString('base64')}`],
    ['bytes that are no UTF-8', `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`],
    ['broken form-encoding', `Basic ${Buffer.from('%zz:%').toString('base64')}`],
    ['an unknown client', basic('nobody', 'x')],
    ['another scheme', 'Bearer abc'],
  ];
  for (const [what, authorization] of BASIC) {
    test(`Basic with ${what}: 401 invalid_client with a challenge (AS-86)`, async () => {
      const reply = await edge.post('/token', { form: good({ client_id: undefined }), headers: { authorization } });
      assertOauthError(reply, 401, 'invalid_client');
      assert.match(reply.headers['www-authenticate'], /^Basic\b/);
    });
  }

  test('two methods at once: invalid_request (AS-82)', async () => {
    const client = await Client.register(edge, { token_endpoint_auth_method: 'client_secret_basic' });
    const headers = { authorization: basic(client.id, client.registration.client_secret) };
    const form = good({ client_id: client.id, client_secret: client.registration.client_secret });
    assertOauthError(await edge.post('/token', { form, headers }), 400, 'invalid_request');
  });

  test('two different clients at once are refused', async () => {
    const client = await Client.register(edge, { token_endpoint_auth_method: 'client_secret_basic' });
    const headers = { authorization: basic(client.id, client.registration.client_secret) };
    const reply = await edge.post('/token', { form: good(), headers });
    assertOauthError(reply, 400, 'invalid_request');
  });

  for (const method of ['client_secret_basic', 'client_secret_post']) {
    test(`the method that was registered is the one that counts (${method}, AS-82)`, async () => {
      const { registration } = await Client.register(edge, { token_endpoint_auth_method: method });
      for (const other of ['none', 'client_secret_basic', 'client_secret_post'].filter((name) => name !== method)) {
        const wrong = new Client(edge, { ...registration, token_endpoint_auth_method: other });
        assertOauthError(await wrong.redeem('invented', 'v'.repeat(43)), 401, 'invalid_client');
      }
      const right = new Client(edge, registration);
      assertOauthError(await right.redeem('invented', 'v'.repeat(43)), 400, 'invalid_grant');
    });
  }

  test('the secret of one client is not that of another', async () => {
    const metadata = { token_endpoint_auth_method: 'client_secret_post' };
    const [one, other] = [await Client.register(edge, metadata), await Client.register(edge, metadata)];
    assert.notEqual(one.registration.client_secret, other.registration.client_secret);
    const mixed = new Client(edge, { ...one.registration, client_secret: other.registration.client_secret });
    assertOauthError(await mixed.redeem('invented', 'v'.repeat(43)), 401, 'invalid_client');
  });
});

describe('POST /revoke', () => {
  const BODIES = [
    ['nothing', undefined, {}, 400],
    ['JSON', '{"token":"x"}', { 'content-type': 'application/json' }, 400],
    ['the token twice', () => `client_id=${held.client.id}&token=a&token=b`, FORM, 400],
    ['invalid percent-encoding', '%zz=%', FORM, 400],
    ['a megabyte', `token=${'x'.repeat(1024 * 1024)}`, FORM, 413],
  ];
  for (const [what, body, headers, status] of BODIES) {
    test(`${what} as body: ${status} invalid_request`, async () => {
      const content = typeof body === 'function' ? body() : body;
      assertOauthError(await edge.post('/revoke', { body: content, headers }), status, 'invalid_request');
    });
  }

  test('other methods are 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) assertJson(await edge.send('/revoke', { method }), 405);
  });
});

test('a token of one edge is worth nothing at the token endpoint of another', async () => {
  const other = await startEdge({ GATELODGE_KEY: Buffer.alloc(32, 'o').toString('base64') });
  try {
    const { client, tokens } = await connect(other);
    const stranger = new Client(edge, client.registration);
    assertOauthError(await stranger.refresh(tokens.refresh_token), 401, 'invalid_client');
    const known = new Client(edge, held.client.registration);
    assertOauthError(await known.refresh(tokens.refresh_token), 400, 'invalid_grant');
  } finally {
    await other.stop();
  }
});
