// A server at home that wants no authentication. Its clients look for some all the same at every connect, and a 404
// that is no JSON kept them in "needs authentication".

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { auth } from '@modelcontextprotocol/sdk/client/auth.js';

import { startEdge } from './support/edge.mjs';
import { assertJson } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';
import { MemoryProvider } from './support/sdk_provider.mjs';
import { connectSdk } from './support/sdk_sign_in.mjs';
import { mcpServer } from './support/sdk_server.mjs';
import { send } from './support/send.mjs';

const NOT_NEEDED = '{"error":"not_found","error_description":"This MCP server does not require authentication"}';
const REGISTRATION = {
  client_name: 'Claude Code',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['http://localhost:33418/callback'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'claude-code', version: '2.0.0' } },
};

/** At every connect, in this order; and what the server said before. */
const PROBES = [
  ['GET', '/.well-known/oauth-protected-resource/mcp', 404],
  ['GET', '/.well-known/oauth-protected-resource', 404],
  ['GET', '/.well-known/oauth-authorization-server', 404],
  ['GET', '/.well-known/openid-configuration', 404],
  ['GET', '/.well-known/oauth-authorization-server/mcp', 404],
  ['GET', '/.well-known/openid-configuration/mcp', 404],
  ['GET', '/mcp/.well-known/openid-configuration', 400],
  ['POST', '/register', 404, { json: REGISTRATION }],
];
const WELL_KNOWN = PROBES.filter(([method]) => method === 'GET').map(([, path]) => path);

let edge;
let origin;

before(async () => {
  origin = await startOrigin(openServer());
  edge = await startEdge({ ORIGIN: origin.url, MOUNTS: '[{"path":"/mcp","auth":"open"}]' });
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
});

/** `/mcp` and all below it go to the MCP handler, which knows nothing below; all else is the router's plain 404. */
function openServer() {
  const mcp = mcpServer({ echo: ({ message }) => `said ${message}` });
  return (response, received) => {
    const { pathname } = new URL(received.url, 'http://home');
    if (pathname === '/mcp' || pathname === '/mcp/') return mcp(response, received);
    if (pathname.startsWith('/mcp/')) return response.writeHead(400, { 'content-type': 'text/plain' }).end('bad request');
    return response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
  };
}

function initialize(url, headers = {}) {
  const accept = 'application/json, text/event-stream';
  return send(url, { method: 'POST', json: INITIALIZE, headers: { accept, ...headers } });
}

function assertNotNeeded(reply) {
  assertJson(reply, 404);
  assert.equal(reply.text, NOT_NEEDED);
  assert.equal(reply.headers['www-authenticate'], undefined);
  assert.equal(reply.headers.location, undefined);
}

describe('without the edge', () => {
  for (const [method, path, status, options] of PROBES) {
    test(`${method} ${path} was ${status}, and no JSON`, async () => {
      const reply = await send(new URL(path, origin.url).href, { method, ...options });
      assert.equal(reply.status, status);
      assert.match(reply.headers['content-type'], /^text\/plain/);
    });
  }

  test('the SDK fails on that text, and still thinks that it needs a token', async () => {
    const provider = new MemoryProvider();
    await assert.rejects(auth(provider, { serverUrl: origin.url }), (failure) => {
      assert.match(failure.message, /Invalid OAuth error response.*JSON/);
      assert.match(failure.message, /Raw body: 404 page not found/);
      return true;
    });
    assert.equal(provider.tokens(), undefined);
  });
});

describe('a reconnect', () => {
  test('gets one JSON 404 to each probe, and its initialize reaches home once', async () => {
    for (const [method, path, , options] of PROBES) {
      assertNotNeeded(await edge.send(path, { method, ...options }));
      assert.deepEqual(origin.requests, [], path);
    }
    const reply = await initialize(edge.mcp);
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['www-authenticate'], undefined);
    assert.equal(origin.requests.length, 1);
  });

  for (const path of ['/mcp', '/mcp/', '/']) {
    test(`gets the bytes of the server at home at ${path}`, async () => {
      const bytes = `data: ${JSON.stringify({ jsonrpc: '2.0', id: 0, result: { server: 'Gr\u00fc\u00dfe' } })}\r\n\r\n`;
      const { answer } = origin;
      origin.answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(bytes);
      const reply = await initialize(edge.url + path);
      origin.answer = answer;
      assert.equal(reply.status, 200);
      assert.equal(reply.text, bytes);
      assert.equal(origin.last.body.toString(), JSON.stringify(INITIALIZE));
      assert.equal(origin.requests.length, 1);
    });
  }

  test('with a token of another time is let through, and the token stays here', async () => {
    const reply = await initialize(edge.mcp, { authorization: 'Bearer of-another-time' });
    assert.equal(reply.status, 200);
    assert.equal(origin.last.headers.authorization, undefined);
  });

  test('finds the session that the server gave it, as it gave it', async () => {
    const session = (await initialize(edge.mcp)).headers['mcp-session-id'];
    const headers = { accept: 'application/json, text/event-stream', 'mcp-session-id': session };
    const reply = await edge.post('/mcp', { json: { jsonrpc: '2.0', id: 1, method: 'tools/list' }, headers });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(origin.last.headers['mcp-session-id'], session);
  });
});

describe('never home, and never a challenge', () => {
  for (const path of WELL_KNOWN) {
    test(`HEAD and OPTIONS ${path}`, async () => {
      const head = await edge.send(path, { method: 'HEAD' });
      assert.equal(head.status, 404);
      assert.match(head.headers['content-type'], /^application\/json\b/);
      assert.equal(head.bytes.length, 0);
      assert.equal(head.headers['www-authenticate'], undefined);
      const headers = { origin: 'https://anyone.example', 'access-control-request-method': 'GET' };
      const preflight = await edge.send(path, { method: 'OPTIONS', headers });
      assert.equal(preflight.headers['access-control-allow-origin'], '*');
      if (preflight.status !== 204) assertNotNeeded(preflight);
      assert.deepEqual(origin.requests, []);
    });
  }

  const ENDPOINTS = [
    '/register',
    '/oauth/register',
    '/mcp/register',
    '/mcp/clients',
    '/token',
    '/oauth/token',
    '/mcp/token',
    '/mcp/auth',
    '/mcp/discover',
    '/authorize',
    '/mcp/authorize',
    '/revoke',
    '/gatelodge',
    '/gatelodge/sign-in',
  ];
  for (const path of ENDPOINTS) {
    test(`${path}, whatever the method`, async () => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) assertNotNeeded(await edge.send(path, { method }));
      assert.deepEqual(origin.requests, []);
    });
  }

  const INVENTED = [
    'agent.json',
    'ai-plugin.json',
    'change-password',
    'jwks.json',
    'mcp',
    'mcp.json',
    'nodeinfo',
    'oauth-client',
    'security.txt',
    'webfinger',
  ];
  const spellings = (name) => [
    `/.well-known/${name}`,
    `/.well-known/${name}/`,
    `/.well-known/${name}/mcp`,
    `/mcp/.well-known/${name}`,
    `/.well-known/${name.toUpperCase()}`,
    `/%2ewell-known/${name}`,
    `/.well-known%2f${name}`,
    `/mcp%2f.well-known/${name}`,
    `/mcp/%2ewell-known/${name}`,
    `/mcp//.well-known/${name}`,
  ];
  for (const name of INVENTED) {
    test(`what nobody thought of: ${name}, in every spelling`, async () => {
      for (const path of spellings(name)) {
        for (const method of ['GET', 'POST']) assertNotNeeded(await edge.send(path, { method }));
      }
      assert.deepEqual(origin.requests, []);
    });
  }

  test('the known names in upper case or percent-encoded', async () => {
    for (const path of WELL_KNOWN) {
      for (const odd of [path.toUpperCase(), path.replace('oauth', '%6fauth'), path.replace('.well', '%2Ewell')]) {
        assertNotNeeded(await edge.get(odd));
      }
    }
    assert.deepEqual(origin.requests, []);
  });
});

describe('a client that could sign in', () => {
  test('connects, lists the tools and closes ten times, also over a restart of the server, and never asks its user', async () => {
    const provider = new MemoryProvider();
    const visit = async () => {
      const { client } = await connectSdk(edge.mcp, provider);
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map((tool) => tool.name),
        ['echo'],
      );
      await client.close();
    };
    for (let n = 0; n < 5; n += 1) await visit();

    const { port } = origin;
    await origin.stop();
    await assert.rejects(connectSdk(edge.mcp, provider));
    origin.answer = openServer();
    await origin.listen(port);

    for (let n = 0; n < 5; n += 1) await visit();
    assert.deepEqual(provider.sentTo, []);
    assert.equal(provider.clientInformation(), undefined);
  });

  test('that tries anyway is told in words that it can read', async () => {
    await assert.rejects(auth(new MemoryProvider(), { serverUrl: edge.mcp }), (failure) => {
      assert.equal(failure.message, 'This MCP server does not require authentication');
      return true;
    });
    assert.deepEqual(origin.requests, []);
  });
});

test('nothing of this was stored', async () => {
  assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] });
});
