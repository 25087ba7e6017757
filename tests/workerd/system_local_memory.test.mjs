// A memory server on the user's own machine. Its client looks for registration, token and verification below `/mcp`,
// where the server had some of it, made some of it up, and named an MCP endpoint that it did not have.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { below } from './support/below.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { assertJson, assertOauthError, assertTokens } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { mcpServer } from './support/sdk_server.mjs';
import { signInSdk } from './support/sdk_sign_in.mjs';
import { send } from './support/send.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const PORT = 17800;
const MADE_UP = 'sage-mcp-token-not-required';
const REGISTRATION = {
  client_name: 'Claude Code',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['http://localhost:33418/callback'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'claude-code', version: '2.0.0' } },
};
const DISCOVERY = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp',
  '/mcp/.well-known/oauth-authorization-server',
];
const RESOURCES = [
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/mcp/.well-known/oauth-protected-resource',
];

let edge;
let origin;

before(async () => {
  origin = await startOrigin(memoryServer());
  edge = await startEdge({ ORIGIN: origin.url, MOUNTS: '[{"path":"/mcp"}]', GRANT_CACHE_SECONDS: '1' }, { port: PORT });
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
});

/** What the server said before, its own remedy included: whatever leaks is answered, and with too much. */
function memoryServer() {
  const mcp = mcpServer({ remember: ({ note }) => `kept ${note}` });
  const json = (response, status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return (response, received) => {
    const path = new URL(received.url, 'http://home').pathname;
    const own = `http://localhost:${PORT}`;
    if (path === '/mcp') return mcp(response, received);
    if (path === '/mcp/clients') return json(response, 201, { client_id: 'anyone' });
    if (path === '/mcp/token') {
      return json(response, 200, { access_token: MADE_UP, token_type: 'Bearer', expires_in: 3600, scope: 'mcp:all' });
    }
    if (path === '/mcp/auth') return json(response, 200, { status: 'ok', authenticated: true });
    if (path.includes('.well-known')) return json(response, 200, { issuer: own, tools_endpoint: `${own}/tools` });
    return json(response, 404, { detail: 'Not Found' });
  };
}

function verify(token, options = {}) {
  return edge.send('/mcp/auth', { method: 'POST', headers: { authorization: token && `Bearer ${token}` }, ...options });
}

/** A client that knows its endpoints below the mount only. */
async function belowMcp(path = '/clients') {
  const reply = await below(edge, '/mcp').post(path, { json: REGISTRATION });
  return new Client(below(edge, '/mcp'), assertJson(reply, 201));
}

test('the five steps, all below the mount, with one identity', async () => {
  // 1: discover
  for (const path of DISCOVERY) assertJson(await edge.get(path), 200);
  // 2: register
  const registered = assertJson(await edge.post('/mcp/clients', { json: REGISTRATION }), 201);
  assert.equal(typeof registered.client_id, 'string');
  assert.deepEqual(registered.redirect_uris, REGISTRATION.redirect_uris);
  const client = new Client(below(edge, '/mcp'), registered);
  // the person signs in
  const { callback, code, state, verifier } = await obtainCode(edge, { client });
  assert.equal(callback.origin + callback.pathname, REGISTRATION.redirect_uris[0]);
  assert.equal(callback.searchParams.get('state'), state);
  assert.equal(callback.searchParams.get('iss'), `http://localhost:${PORT}`);
  // 3: token
  const tokens = assertTokens(await client.redeem(code, verifier));
  // 4: verify
  for (const method of ['POST', 'GET']) {
    const verified = await verify(tokens.access_token, { method });
    assert.deepEqual(assertJson(verified, 200), { status: 'ok', authenticated: true, client_id: registered.client_id });
    assert.match(verified.headers['cache-control'], /no-store/);
  }
  assert.deepEqual(origin.requests, [], 'home sees nothing before the last step');
  // 5: initialize
  const reply = await call(edge, tokens.access_token, { message: INITIALIZE });
  assert.equal(reply.status, 200, reply.text);
  assert.match(reply.text, /"serverInfo"/);
  assert.equal(origin.requests.length, 1);
});

test('both names of registration give a client that signs in', async () => {
  for (const path of ['/clients', '/register']) {
    const client = await belowMcp(path);
    const { tokens } = await connect(edge, { client });
    assert.equal((await verify(tokens.access_token)).json().client_id, client.id);
    assertTokens(await client.refresh(tokens.refresh_token));
  }
});

describe('discovery', () => {
  test('is the same bytes at all three addresses', async () => {
    const answers = await Promise.all(DISCOVERY.map((path) => edge.get(path)));
    for (const answer of answers) assert.deepEqual(answer.bytes, answers[0].bytes);
  });

  test('names nothing that is not routed, and MCP where it is', async () => {
    for (const path of [...DISCOVERY, ...RESOURCES, '/mcp/discover']) {
      const reply = await edge.get(path);
      const document = assertJson(reply, 200);
      assert.doesNotMatch(reply.text, /tools/, path);
      const addresses = Object.entries(document)
        .filter(([name, value]) => name !== 'issuer' && String(value).startsWith(edge.url))
        .flatMap(([, value]) => value);
      for (const address of addresses) {
        const routed = await edge.post(address.slice(edge.url.length) || '/');
        assert.notEqual(routed.status, 404, `${path} names ${address}`);
      }
    }
    for (const path of RESOURCES.slice(1)) assert.equal((await edge.get(path)).json().resource, edge.mcp);
    assert.deepEqual(origin.requests, []);
  });
});

describe('what the server made up does not work', () => {
  test('its fixed token is refused, at the endpoint and at the verification', async () => {
    const refused = await call(edge, MADE_UP, { message: INITIALIZE });
    assertJson(refused, 401);
    assert.match(refused.headers['www-authenticate'], /^Bearer resource_metadata=".*error="invalid_token"/);
    const verified = await verify(MADE_UP);
    assert.equal(assertJson(verified, 401).authenticated, false);
    assert.match(verified.headers['www-authenticate'], /^Bearer resource_metadata=".*error="invalid_token"/);
    assert.deepEqual(origin.requests, []);
  });

  for (const form of [{}, { grant_type: 'client_credentials' }, { grant_type: 'authorization_code', code: 'any' }]) {
    test(`a token for ${JSON.stringify(form)} is refused`, async () => {
      const reply = await (await belowMcp()).token(form);
      assert.equal(typeof assertJson(reply, 400).error, 'string');
      assert.equal(reply.json().access_token, undefined);
      assert.deepEqual(origin.requests, []);
    });
  }

  test('a token request of nobody is refused', async () => {
    const reply = await edge.post('/mcp/token', { form: {} });
    assertOauthError(reply, 400, 'invalid_request');
  });

  test('its scope is unknown: the default is granted (AS-85)', async () => {
    const client = await belowMcp();
    const { tokens } = await connect(edge, { client, authorization: { scope: 'mcp:all' } });
    assert.equal(tokens.scope, 'mcp');
  });
});

describe('verification', () => {
  for (const method of ['POST', 'GET']) {
    test(`by ${method} without a token is a challenge`, async () => {
      const reply = await verify(undefined, { method });
      assert.equal(assertJson(reply, 401).authenticated, false);
      assert.equal(
        reply.headers['www-authenticate'],
        `Bearer resource_metadata="${edge.url}/.well-known/oauth-protected-resource/mcp", scope="mcp"`,
      );
      assert.match(reply.headers['cache-control'], /no-store/);
    });
  }

  test('ends with the grant', async () => {
    const client = await belowMcp();
    const { tokens } = await connect(edge, { client });
    assertJson(await verify(tokens.access_token), 200);
    assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
    await eventually(async () => {
      const reply = await verify(tokens.access_token);
      assert.equal(assertJson(reply, 401).authenticated, false);
      assert.match(reply.headers['www-authenticate'], /error="invalid_token"/);
    });
    assert.deepEqual(origin.requests, []);
  });

  test('takes other methods for mistakes', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) assertJson(await verify(undefined, { method }), 405);
  });
});

test('without the edge, a client of the SDK has no way to register', async () => {
  const registration = await send(new URL('/register', origin.url).href, { method: 'POST', json: REGISTRATION });
  assert.equal(registration.status, 404);
});

test('a client of the SDK connects to the address that was added, remembers a note and goes', async () => {
  const { client } = await signInSdk(`http://localhost:${PORT}/mcp`);
  const answer = await client.callTool({ name: 'remember', arguments: { note: 'milk' } });
  assert.equal(answer.content[0].text, 'kept milk');
  await client.close();
});
