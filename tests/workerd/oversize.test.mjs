// Whatever is too long, too many or too deep gets a short answer that says so, up to what the platform lets through.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { basic, CALLBACK, Client } from './support/client.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { assertJson, assertOauthError, assertPage } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { connect } from './support/sign_in.mjs';

const KB = 1024;
/** The platform itself turns away a URL of 64 KB, and a head of about 400. */
const OF_A_URL = [1, 9, 60].map((size) => size * KB);
const OF_A_HEADER = [1, 9, 60, 200].map((size) => size * KB);
const OF_A_BODY = [1, 9, 60].map((size) => size * KB);
const TOO_LARGE = [65, 256, 1_000].map((size) => size * KB);
/** The longest of our own short answers. */
const SHORT = 400;

const { edge, origin } = await edgeAndHome();
const client = await Client.register(edge);
const secret = await Client.register(edge, { token_endpoint_auth_method: 'client_secret_basic' });

const x = (size) => 'x'.repeat(size);

function assertShort(reply, longest = SHORT) {
  assert.ok(reply.bytes.length <= longest, `${reply.bytes.length} bytes`);
  assert.ok(!reply.text.includes(x(100)), 'it does not come back');
  assert.deepEqual(origin.requests, []);
}

describe('a header', () => {
  const assertChallenge = (reply) => {
    assert.equal(assertJson(reply, 401).error, 'invalid_token');
    assert.match(reply.headers['www-authenticate'], /^Bearer /);
  };
  const CASES = {
    'with a token': (size) => call(edge, x(size)).then((reply) => (assertChallenge(reply), reply)),
    'with a token of ours, and more': async (size) => {
      const reply = await call(edge, `${client.id}${x(size)}`);
      assertChallenge(reply);
      return reply;
    },
    'of an unknown name': async (size) => {
      const reply = await call(edge, undefined, { headers: { 'x-unknown': x(size) } });
      assertChallenge(reply);
      return reply;
    },
    'with a web origin': async (size) => {
      const reply = await call(edge, undefined, { headers: { origin: `https://${x(size)}.example` } });
      assertJson(reply, 403);
      return reply;
    },
    "with a client's name and secret": async (size) => {
      const form = { grant_type: 'refresh_token', refresh_token: 'x' };
      for (const authorization of [basic(x(size), 'y'), basic(secret.id, x(size))]) {
        const reply = await edge.post('/token', { form, headers: { authorization } });
        assertOauthError(reply, 401, 'invalid_client');
        assertShort(reply);
      }
      return edge.get('/nothing', { headers: { authorization: basic(x(size), 'y') } });
    },
  };
  for (const [what, sent] of Object.entries(CASES)) {
    test(`${what} that is too long`, async () => {
      for (const size of OF_A_HEADER) assertShort(await sent(size));
    });
  }

  test('with cookies that are too long, or too many, changes no page', async () => {
    const cookies = [...OF_A_HEADER.map((size) => `gatelodge-session=${x(size)}`), Array.from({ length: 5_000 }, (_, at) => `c${at}=1`).join('; ')];
    for (const cookie of cookies) {
      const page = await edge.get('/gatelodge', { headers: { accept: 'text/html', cookie } });
      assert.ok(assertPage(page, 200).text.includes('action="/gatelodge/sign-in"'));
      assertShort(page, 16 * KB);
    }
  });

  test('too many of them', async () => {
    for (const count of [100, 1_000, 5_000]) {
      const headers = Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-header-${at}`, '1']));
      const reply = await call(edge, undefined, { headers });
      assertChallenge(reply);
      assertShort(reply);
    }
  });

  test('with a session that is too long is that of an unknown session', async () => {
    const { tokens } = await connect(edge);
    for (const size of OF_A_HEADER) {
      const reply = await call(edge, tokens.access_token, { headers: { 'mcp-session-id': x(size) } });
      assert.equal(assertJson(reply, 404).error.code, -32001);
      assertShort(reply);
    }
  });
});

describe('an address', () => {
  test('with a path that is too long, or too deep, is not there', async () => {
    for (const size of OF_A_URL) {
      for (const path of [`/${x(size)}`, '/a'.repeat(size / 2), `/mcp/${x(size)}`, `/.well-known/oauth-protected-resource/${x(size)}`]) {
        const reply = await edge.get(path);
        assertJson(reply, 404);
        assertShort(reply);
      }
    }
  });

  test('with a query that is too long is no request of a client', async () => {
    const request = new URL(client.authorization().url);
    for (const size of OF_A_URL) {
      for (const name of ['client_id', 'redirect_uri']) {
        const changed = new URLSearchParams(request.searchParams);
        changed.set(name, x(size));
        const page = await edge.get(`/authorize?${changed}`);
        assertShort(assertPage(page, 400), 16 * KB);
      }
    }
    const long = await edge.get(`/authorize${request.search}&unknown=${x(9 * KB)}`);
    assertShort(assertPage(long, 400), 16 * KB);
  });

  test('with a query that is too long changes no challenge', async () => {
    for (const size of OF_A_URL) {
      const reply = await call(edge, undefined, { path: `/mcp?access_token=${x(size)}` });
      assertJson(reply, 401);
      assertShort(reply);
    }
  });

  test('of more than the platform takes is turned away by it', async () => {
    assert.equal((await edge.get(`/${x(100 * KB)}`)).status, 414);
    assert.equal((await edge.get('/', { headers: { 'x-unknown': x(1_000 * KB) } })).status, 431);
  });
});

describe('a form', () => {
  const VERIFIER = 'v'.repeat(43);
  const REFRESH = { grant_type: 'refresh_token', refresh_token: 'x' };
  const FIELDS = [
    ['/token', { ...REFRESH, client_id: '…' }, 401, 'invalid_client'],
    ['/token', { ...REFRESH, client_id: client.id, refresh_token: '…' }, 400, 'invalid_grant'],
    ['/token', { ...REFRESH, client_id: client.id, resource: '…' }, 400, 'invalid_target'],
    ['/token', { ...REFRESH, client_id: secret.id, client_secret: '…' }, 401, 'invalid_client'],
    ['/token', { grant_type: '…', client_id: client.id }, 400, 'unsupported_grant_type'],
    ['/token', { grant_type: 'authorization_code', client_id: client.id, code: '…', code_verifier: VERIFIER }, 400, 'invalid_grant'],
    ['/token', { grant_type: 'authorization_code', client_id: client.id, code: 'x', code_verifier: '…' }, 400, 'invalid_request'],
    ['/revoke', { token: 'x', client_id: '…' }, 401, 'invalid_client'],
  ];
  for (const [path, fields, status, error] of FIELDS) {
    const name = Object.keys(fields).find((key) => fields[key] === '…');
    test(`with a ${name} that is too long for ${path}`, async () => {
      for (const size of OF_A_BODY) {
        const reply = await edge.post(path, { form: { ...fields, [name]: x(size) } });
        assertOauthError(reply, status, error);
        assertShort(reply);
      }
    });
  }

  test('that revokes a token that is too long is done', async () => {
    for (const size of OF_A_BODY) assert.equal((await edge.post('/revoke', { form: { token: x(size) } })).status, 200);
  });

  test('with too many fields', async () => {
    for (const body of ['a=1&'.repeat(16_000), '&'.repeat(64_000), `${'client_id=x&'.repeat(5_000)}`]) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const reply = await edge.post('/token', { body, headers });
      assertOauthError(reply, 400, 'invalid_request');
      assertShort(reply);
    }
  });

  test('that is too large is not read to its end', async () => {
    for (const size of TOO_LARGE) {
      for (const path of ['/token', '/revoke']) {
        const reply = await edge.post(path, { form: { token: x(size) } });
        assertOauthError(reply, 413, 'invalid_request');
        assertShort(reply);
      }
      for (const path of ['/gatelodge/sign-in', '/authorize', '/gatelodge/revoke']) {
        assertShort(assertPage(await edge.post(path, { form: { ticket: x(size) } }), 400), 16 * KB);
      }
    }
  });
});

describe('a registration', () => {
  const register = (body) => edge.post('/register', { body, headers: { 'content-type': 'application/json' } });
  const metadata = (changes) => JSON.stringify({ redirect_uris: [CALLBACK], ...changes });
  const BODIES = {
    'with a name that is too long': [(size) => metadata({ client_name: x(size) }), 'invalid_client_metadata'],
    'with a redirect URI that is too long': [(size) => metadata({ redirect_uris: [`https://client.example/${x(size)}`] }), 'invalid_redirect_uri'],
    'with a host that is too long': [(size) => metadata({ redirect_uris: [`https://${x(size)}.example/`] }), 'invalid_redirect_uri'],
    'that is too deep': [(size) => '['.repeat(size / 2) + ']'.repeat(size / 2), 'invalid_client_metadata'],
    'that is too deep in what nobody asks for': [(size) => `{"redirect_uris":["${CALLBACK}"],"x":${'{"x":'.repeat(size / 8)}1${'}'.repeat(size / 8)}}`, 'invalid_client_metadata'],
    'that does not end': [(size) => `{"a":"${x(size)}`, 'invalid_client_metadata'],
  };
  for (const [what, [body, error]] of Object.entries(BODIES)) {
    test(what, async () => {
      for (const size of [2 * KB, ...OF_A_BODY.slice(1)]) {
        const reply = await register(body(size));
        assertOauthError(reply, 400, error);
        assertShort(reply);
      }
    });
  }

  test('that says much that nobody asks for is answered without it', async () => {
    const bodies = [{ x: x(60 * KB) }, { scope: x(60 * KB) }, Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`k${at}`, 1]))];
    for (const changes of bodies) {
      const reply = await register(metadata(changes));
      assertJson(reply, 201);
      assertShort(reply, 2 * KB);
    }
  });

  test('with too many redirect URIs', async () => {
    const reply = await register(metadata({ redirect_uris: Array.from({ length: 1_000 }, (_, at) => `${CALLBACK}/${at}`) }));
    assertOauthError(reply, 400, 'invalid_client_metadata');
    assertShort(reply);
  });

  test('that is too large is not read to its end', async () => {
    for (const size of TOO_LARGE) {
      const reply = await register(metadata({ client_name: x(size) }));
      assertOauthError(reply, 413, 'invalid_request');
      assertShort(reply);
    }
  });
});
