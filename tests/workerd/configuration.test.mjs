// A mistake in the configuration is told, with the key and never with the value, instead of being worked around.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { assertJson, assertPage } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

const SECRET = 'SECRETVALUE';

async function withEdge(vars, use, options) {
  const edge = await startEdge(vars, options);
  try {
    await use(edge);
  } finally {
    await edge.stop();
  }
}

const MISTAKES = [
  ['no origin', { ORIGIN: undefined }, ['ORIGIN']],
  ['an origin without a scheme', { ORIGIN: 'home.example.net' }, ['ORIGIN']],
  ['an origin with a password in it', { ORIGIN: `https://user:${SECRET}@home.example.net/mcp` }, ['ORIGIN']],
  ['no key', { GATELODGE_KEY: undefined }, ['GATELODGE_KEY']],
  ['a short key', { GATELODGE_KEY: Buffer.from(SECRET).toString('base64') }, ['GATELODGE_KEY']],
  ['a short password', { OWNER_PASSWORD: SECRET }, ['OWNER_PASSWORD']],
  ['an empty scope', { SCOPES: '["claudeai",""]' }, ['SCOPES']],
  ['a scope with a space at its end', { SCOPES: '["claudeai "]' }, ['SCOPES']],
  ['a plain public address', { PUBLIC_URL: 'http://mcp.example.com' }, ['PUBLIC_URL']],
  ['headers that are no JSON', { ORIGIN_HEADERS: SECRET }, ['ORIGIN_HEADERS']],
  ['a word for a number', { ACCESS_TOKEN_SECONDS: 'eight hours' }, ['ACCESS_TOKEN_SECONDS']],
  // Whatever stands where a key should be is not shown to everybody.
  ['a misspelled key', { [SECRET]: 'https://home.example.net' }, ['A key']],
  [
    'several at once',
    { ORIGIN: undefined, OWNER_PASSWORD: SECRET, REGISTRATION: 'maybe' },
    ['ORIGIN', 'OWNER_PASSWORD', 'REGISTRATION'],
  ],
];

for (const [what, vars, keys] of MISTAKES) {
  test(`${what}: every request is 503 and names ${keys}`, () =>
    withEdge(vars, async (edge) => {
      for (const [path, method] of [
        ['/mcp', 'POST'],
        ['/.well-known/oauth-protected-resource', 'GET'],
        ['/anything', 'DELETE'],
        ['/', 'HEAD'],
      ]) {
        const reply = await edge.send(path, { method });
        assert.equal(reply.status, 503, `${method} ${path}`);
        if (method === 'HEAD') continue;
        const body = assertJson(reply, 503);
        assert.equal(body.error, 'server_error');
        assert.equal(typeof body.error_description, 'string');
        assert.deepEqual(body.problems.map((problem) => problem.key).sort(), keys.toSorted());
        for (const { problem } of body.problems) assert.ok(problem.length > 10, problem);
        assert.ok(!reply.text.includes(SECRET));
      }
      const page = await edge.get('/authorize', { headers: { accept: 'text/html,*/*' } });
      assertPage(page, 503);
      for (const key of keys) assert.ok(page.text.includes(key), key);
      assert.ok(!page.text.includes(SECRET));
      assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] });
    }));
}

test('an origin that is the Worker itself is a mistake, not a loop', async () => {
  const port = await steadyPort();
  await withEdge(
    { ORIGIN: `http://localhost:${port}/mcp` },
    async (edge) => {
      const body = assertJson(await edge.post('/mcp'), 503);
      assert.deepEqual(
        body.problems.map((problem) => problem.key),
        ['ORIGIN'],
      );
    },
    { port },
  );
});

const SPELLINGS = [
  ['https://mcp.example.com', 'https://mcp.example.com'],
  ['https://mcp.example.com/', 'https://mcp.example.com'],
  ['https://mcp.example.com/mcp', 'https://mcp.example.com'],
  ['https://MCP.example.com:443/mcp/', 'https://mcp.example.com'],
];
for (const [configured, issuer] of SPELLINGS) {
  test(`PUBLIC_URL ${configured} is the issuer ${issuer}, and any other host is 421`, () =>
    withEdge({ PUBLIC_URL: configured }, async (edge) => {
      const headers = { host: 'mcp.example.com', 'x-forwarded-proto': 'https' };
      const server = assertJson(await edge.get('/.well-known/oauth-authorization-server', { headers }), 200);
      assert.equal(server.issuer, issuer);
      assert.equal(server.token_endpoint, `${issuer}/token`);
      const resource = assertJson(await edge.get('/.well-known/oauth-protected-resource/mcp', { headers }), 200);
      assert.equal(resource.resource, `${issuer}/mcp`);
      assert.deepEqual(resource.authorization_servers, [issuer]);
      assert.match(
        (await edge.post('/mcp', { headers })).headers['www-authenticate'],
        /resource_metadata="https:\/\/mcp\.example\.com\/\.well-known\/oauth-protected-resource\/mcp"/,
      );
      for (const path of ['/mcp', '/authorize', '/.well-known/oauth-authorization-server', '/anything']) {
        const other = await edge.get(path);
        assert.equal(typeof assertJson(other, 421).error, 'string');
      }
    }));
}

test('without PUBLIC_URL the issuer is the address that was asked, and plain http is refused but on loopback', () =>
  withEdge({}, async (edge) => {
    const DOCUMENT = '/.well-known/oauth-authorization-server';
    const issuerAt = async (url) => (await (await edge.miniflare.dispatchFetch(url + DOCUMENT)).json()).issuer;
    assert.equal((await edge.get(DOCUMENT)).json().issuer, edge.url);
    for (const url of ['https://mcp.example.com', 'https://mcp.example.com:8443']) assert.equal(await issuerAt(url), url);
    const headers = { host: 'mcp.example.com' };
    assert.equal(assertJson(await edge.get(DOCUMENT, { headers }), 403).error, 'invalid_request');
    const page = await edge.get('/gatelodge?a=b', { headers: { host: 'mcp.example.com', accept: 'text/html' } });
    assert.equal(page.status, 308);
    assert.equal(page.headers.location, 'https://mcp.example.com/gatelodge?a=b');
  }));

const ORIGINS = [
  ['', '/mcp'],
  ['/', '/mcp'],
  ['/mcp', '/mcp'],
  ['/mcp/', '/mcp/'],
  ['/api/v1', '/api/v1'],
];
for (const [path, asked] of ORIGINS) {
  test(`an ORIGIN that ends in "${path}" is asked at ${asked}, never at /mcp/mcp`, async () => {
    const origin = await startOrigin();
    try {
      await withEdge({ ORIGIN: `http://127.0.0.1:${origin.port}${path}` }, async (edge) => {
        const { tokens } = await connect(edge);
        await call(edge, tokens.access_token);
        assert.deepEqual(
          origin.requests.map((request) => request.url),
          [asked],
        );
      });
    } finally {
      await origin.stop();
    }
  });
}

test('scopes are as configured in documents, challenge and tokens, whatever a client asks for', () =>
  withEdge({ SCOPES: '["claudeai"]' }, async (edge) => {
    const scopes = async (path) => (await edge.get(path)).json().scopes_supported;
    assert.deepEqual(await scopes('/.well-known/oauth-protected-resource/mcp'), ['claudeai']);
    assert.deepEqual(await scopes('/.well-known/oauth-authorization-server'), ['claudeai', 'offline_access']);
    assert.match((await edge.post('/mcp')).headers['www-authenticate'], / scope="claudeai"$/);
    for (const scope of ['claudeai ', ' claudeai', 'claudeai  claudeai', '', undefined, 'mcp:all']) {
      const { client, tokens } = await connect(edge, { authorization: { scope } });
      assert.equal(tokens.scope, 'claudeai');
      assert.equal((await client.refresh(tokens.refresh_token)).json().scope, 'claudeai');
    }
  }));

test('lifetimes are as configured', () =>
  withEdge({ ACCESS_TOKEN_SECONDS: '1234' }, async (edge) => {
    const { tokens } = await connect(edge);
    assert.ok(tokens.expires_in <= 1229 && tokens.expires_in >= 1225, String(tokens.expires_in));
  }));
