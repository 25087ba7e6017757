// Dynamic registration (RFC 7591): open to everyone, so it costs nothing and keeps nothing (AS-70 to AS-73).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { CALLBACK, Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertJson, assertOauthError, assertTokens } from './support/expect.mjs';
import { connect } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

const SMALLEST = { redirect_uris: [CALLBACK] };

let edge;

before(async () => {
  edge = await startEdge();
});
after(() => edge.stop());

function register(metadata, options = {}) {
  return edge.post('/register', { json: metadata, ...options });
}

describe('a registration', () => {
  for (const method of ['none', 'client_secret_post', 'client_secret_basic']) {
    test(`with ${method} is echoed and works (RFC 7591 §3.2.1)`, async () => {
      const asked = {
        client_name: 'Test Client',
        client_uri: 'https://client.example/about',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [CALLBACK, 'http://localhost/cb'],
        response_types: ['code'],
        token_endpoint_auth_method: method,
      };
      const before = Math.floor(Date.now() / 1000);
      const reply = await register(asked);
      const registration = assertJson(reply, 201);

      assert.match(reply.headers['cache-control'], /no-store/);
      assert.partialDeepStrictEqual(registration, {
        client_name: asked.client_name,
        grant_types: asked.grant_types,
        redirect_uris: asked.redirect_uris,
        response_types: asked.response_types,
        token_endpoint_auth_method: method,
      });
      assert.ok(registration.client_id.length <= 1_500);
      assert.ok(Math.abs(registration.client_id_issued_at - before) <= 5);
      assert.equal(typeof registration.client_secret, method === 'none' ? 'undefined' : 'string');
      assert.equal(registration.client_secret_expires_at, method === 'none' ? undefined : 0);
      for (const [name, value] of Object.entries(registration)) assert.notEqual(value, null, name);
      assert.equal(registration.registration_client_uri, undefined, 'RFC 7592 is not offered');

      const { client, tokens } = await connect(edge, { client: new Client(edge, registration) });
      assertTokens(await client.refresh(tokens.refresh_token));
    });
  }

  test('that says nothing of itself gets what it needs to connect', async () => {
    const registration = assertJson(await register(SMALLEST), 201);
    assert.deepEqual(registration.response_types, ['code']);
    assert.deepEqual(registration.grant_types, ['authorization_code', 'refresh_token']);
    assert.equal(registration.token_endpoint_auth_method, 'client_secret_basic');
  });

  for (const method of ['client_secret_basic', 'client_secret_post']) {
    test(`that does not say how it authenticates may use ${method}`, async () => {
      const registration = assertJson(await register(SMALLEST), 201);
      const client = new Client(edge, { ...registration, token_endpoint_auth_method: method });
      const { tokens } = await connect(edge, { client });
      assertTokens(await client.refresh(tokens.refresh_token));
      const nameless = new Client(edge, { ...registration, token_endpoint_auth_method: 'none' });
      assertOauthError(await nameless.refresh(tokens.refresh_token), 401, 'invalid_client');
    });
  }

  test('without the refresh grant gets no refresh token, unless it asks for offline access (AS-91)', async () => {
    const metadata = { grant_types: ['authorization_code'] };
    const without = await connect(edge, { client: await Client.register(edge, metadata) });
    assert.equal(without.tokens.refresh_token, undefined);
    const asking = await connect(edge, {
      client: await Client.register(edge, metadata),
      authorization: { scope: 'mcp offline_access' },
    });
    assert.equal(typeof asking.tokens.refresh_token, 'string');
  });

  test('twice the same gives two clients, and a client cannot choose its id', async () => {
    const ids = [];
    for (let time = 0; time < 2; time += 1)
      ids.push((await register({ ...SMALLEST, client_id: 'mine' })).json().client_id);
    assert.notEqual(ids[0], ids[1]);
    assert.ok(!ids.includes('mine'));
  });

  const TOLERATED = [
    ['members nobody knows', { software_id: 'x', software_version: '1', application_type: 'native', x: { y: [1] } }],
    ['scopes nobody knows', { scope: 'mcp read write admin' }],
    ['unknown grants beside known ones', { grant_types: ['authorization_code', 'urn:x', 'refresh_token'] }],
    ['nulls', { client_name: null, client_uri: null, logo_uri: null, contacts: null, scope: null }],
    ['a name of 80 characters', { client_name: '\u00fc'.repeat(80) }],
    ['ten redirect URIs', { redirect_uris: Array.from({ length: 10 }, (_, n) => `https://c.example/${n}`) }],
    [
      'application_type web with a loopback address (AS-71)',
      { application_type: 'web', redirect_uris: ['http://localhost/cb'] },
    ],
  ];
  for (const [what, metadata] of TOLERATED) {
    test(`with ${what} succeeds`, async () => {
      assertJson(await register({ ...SMALLEST, ...metadata }), 201);
    });
  }

  test('may say which character set its JSON is in', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON']) {
      assertJson(await register(SMALLEST, { headers: { 'content-type': type } }), 201);
    }
  });
});

describe('a bad registration', () => {
  const BAD = [
    ['no redirect URIs', {}, 'invalid_redirect_uri'],
    ['an empty list of them', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a word instead of a list', { redirect_uris: CALLBACK }, 'invalid_redirect_uri'],
    ['null instead of a list', { redirect_uris: null }, 'invalid_redirect_uri'],
    ['numbers in the list', { redirect_uris: [1, 2] }, 'invalid_redirect_uri'],
    [
      'eleven redirect URIs',
      { redirect_uris: Array.from({ length: 11 }, (_, n) => `https://c.example/${n}`) },
      'invalid_client_metadata',
    ],
    ['a name of 81 characters', { ...SMALLEST, client_name: 'x'.repeat(81) }, 'invalid_client_metadata'],
    ['a number for a name', { ...SMALLEST, client_name: 7 }, 'invalid_client_metadata'],
    [
      'an unknown authentication',
      { ...SMALLEST, token_endpoint_auth_method: 'tls_client_auth' },
      'invalid_client_metadata',
    ],
    ['only grants that are not offered', { ...SMALLEST, grant_types: ['password'] }, 'invalid_client_metadata'],
    ['only response types that are not offered', { ...SMALLEST, response_types: ['token'] }, 'invalid_client_metadata'],
    [
      'an id that would be too long',
      { redirect_uris: Array.from({ length: 10 }, (_, n) => `https://c.example/${n}/${'x'.repeat(400)}`) },
      'invalid_client_metadata',
    ],
  ];
  for (const [what, metadata, error] of BAD) {
    test(`(${what}) is 400 ${error}`, async () => {
      const reply = await register(metadata);
      assertOauthError(reply, 400, error);
    });
  }

  const json = { 'content-type': 'application/json' };
  const MALFORMED = [
    ['nothing', { json: undefined, headers: json }, 400],
    ['half an object', { json: undefined, body: '{"redirect_uris":[', headers: json }, 400],
    ['a list', { json: [SMALLEST] }, 400],
    ['a word', { json: 'register me' }, 400],
    ['null', { json: null }, 400],
    ['a number', { json: 1e308 }, 400],
    ['invalid UTF-8', { json: undefined, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), headers: json }, 400],
    ['JSON a thousand deep', { json: undefined, body: `${'['.repeat(1000)}${']'.repeat(1000)}`, headers: json }, 400],
    [
      'JSON a thousand deep in a member',
      {
        json: undefined,
        body: `{"redirect_uris":["${CALLBACK}"],"x":${'['.repeat(1000)}${']'.repeat(1000)}}`,
        headers: json,
      },
      400,
    ],
    ['a form', { json: undefined, form: { redirect_uris: CALLBACK } }, 400],
    ['text', { headers: { 'content-type': 'text/plain' } }, 400],
    ['no type', { headers: { 'content-type': undefined } }, 400],
    ['a type that only begins well', { headers: { 'content-type': 'application/jsonx' } }, 400],
    ['a megabyte', { json: { ...SMALLEST, client_name: 'x'.repeat(1024 * 1024) } }, 413],
  ];
  for (const [what, options, status] of MALFORMED) {
    test(`(${what}) is ${status}`, async () => {
      const reply = await edge.post('/register', { json: SMALLEST, ...options });
      const body = assertJson(reply, status);
      assert.ok(['invalid_client_metadata', 'invalid_request'].includes(body.error), body.error);
    });
  }

  test('with another method is 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const reply = await edge.send('/register', { method });
      assertJson(reply, 405);
      assert.match(reply.headers.allow, /\bPOST\b/);
    }
  });
});

test('REGISTRATION = "off" takes the endpoint away and out of the document (AS-70)', async () => {
  const closed = await startEdge({ REGISTRATION: 'off' });
  try {
    assert.equal((await closed.get('/.well-known/oauth-authorization-server')).json().registration_endpoint, undefined);
    assertJson(await closed.post('/register', { json: SMALLEST }), 404);
  } finally {
    await closed.stop();
  }
});

test('a client that has registered before REGISTRATION was off can still be let in', async () => {
  const port = await steadyPort();
  const first = await startEdge({}, { port });
  const client = await Client.register(first);
  await first.stop();
  const closed = await startEdge({ REGISTRATION: 'off' }, { port });
  try {
    const { tokens } = await connect(closed, { client: new Client(closed, client.registration) });
    assert.equal(typeof tokens.access_token, 'string');
  } finally {
    await closed.stop();
  }
});

test('a thousand registrations leave nothing behind', async () => {
  const fresh = await startEdge();
  try {
    for (let batch = 0; batch < 20; batch += 1) {
      const replies = await Promise.all(Array.from({ length: 50 }, () => fresh.post('/register', { json: SMALLEST })));
      for (const reply of replies) assert.equal(reply.status, 201);
    }
    assert.deepEqual(await fresh.storage(), { keys: [], ledgers: [] });
  } finally {
    await fresh.stop();
  }
});

describe('clients as they really register', () => {
  const loopback = (port) => ({ redirect_uri: `http://127.0.0.1:${port}/callback` });

  test('Cursor: three redirect URIs in one call, one of them of its own scheme', async () => {
    const redirectUris = [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'http://localhost:8787/callback',
    ];
    const client = await Client.register(edge, {
      client_name: 'Cursor',
      client_uri: '',
      logo_uri: '',
      redirect_uris: redirectUris,
      scope: '',
    });
    assert.deepEqual(client.registration.redirect_uris, redirectUris);
    for (const redirectUri of redirectUris) {
      client.redirectUri = redirectUri;
      const { callback } = await connect(edge, { client, authorization: { redirect_uri: redirectUri } });
      assert.ok(callback.href.startsWith(redirectUri), callback.href);
    }
  });

  test('Codex and Claude Code: a redirect to the own computer, at whatever port is free', async () => {
    const client = await Client.register(edge, {
      application_type: 'native',
      client_name: 'Codex',
      redirect_uris: ['http://127.0.0.1/callback'],
      software_id: 'codex',
    });
    assert.equal(client.registration.application_type, 'native');
    for (const port of [1024, 51004]) {
      const authorization = loopback(port);
      client.redirectUri = authorization.redirect_uri;
      const { callback } = await connect(edge, { client, authorization });
      assert.equal(callback.port, String(port));
    }
  });

  test('empty strings and lists are members that are not there', async () => {
    const registration = assertJson(
      await register({
        ...SMALLEST,
        application_type: '',
        client_name: '',
        client_uri: '',
        contacts: [],
        grant_types: [],
        jwks_uri: '',
        response_types: [],
        scope: '',
        token_endpoint_auth_method: '',
      }),
      201,
    );
    assert.deepEqual(registration.grant_types, ['authorization_code', 'refresh_token']);
    assert.deepEqual(registration.response_types, ['code']);
    assert.equal(registration.token_endpoint_auth_method, 'client_secret_basic');
    assert.equal(registration.scope, 'mcp');
    for (const name of ['application_type', 'client_name', 'client_uri', 'jwks_uri']) {
      assert.equal(registration[name], undefined, name);
    }
    await connect(edge, { client: new Client(edge, registration) });
  });

  test('an unknown client at the token endpoint is told to register again (AS-72)', async () => {
    for (const id of ['unknown', 'gl_client.x.y', 'https://localhost/c']) {
      const client = new Client(edge, { client_id: id, redirect_uris: [CALLBACK] });
      assertOauthError(await client.refresh('gl_refresh.x.y'), 401, 'invalid_client');
      assertOauthError(await client.redeem('gl_code.x.y', 'x'.repeat(43)), 401, 'invalid_client');
    }
  });
});

for (const method of ['none', 'client_secret_post', 'client_secret_basic']) {
  test(`a client that the operator has registered connects, with ${method}`, async () => {
    const secret = method === 'none' ? undefined : 'a secret of the operator, with spaces: and +';
    const own = { client_id: 'my:client', redirect_uris: [CALLBACK], client_secret: secret };
    const clients = JSON.stringify([{ ...own, name: 'Mine' }]);
    const closed = await startEdge({ CLIENTS: clients, REGISTRATION: 'off' });
    try {
      const client = new Client(closed, { ...own, token_endpoint_auth_method: method });
      const { tokens } = await connect(closed, { client });
      assertTokens(await client.refresh(tokens.refresh_token));
      const guess = secret ? { client_secret: 'guessed' } : { client_id: 'other' };
      const impostor = new Client(closed, { ...client.registration, ...guess });
      assertOauthError(await impostor.refresh(tokens.refresh_token), 401, 'invalid_client');
    } finally {
      await closed.stop();
    }
  });
}
