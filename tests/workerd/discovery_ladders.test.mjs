// Each client looks for the way in by a ladder of its own. Every step of the recorded ones finds what it must find.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { assertJson } from './support/expect.mjs';
import { LADDERS } from './support/ladders.mjs';
import { startOrigin } from './support/origin.mjs';

const REGISTRATION = {
  client_name: 'A client',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['http://localhost:33418/callback'],
  response_types: ['code'],
  scope: 'mcp',
  token_endpoint_auth_method: 'none',
};

let edge;
let origin;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url });
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

const EXPECTED = {
  challenge(reply) {
    assert.equal(reply.status, 401);
    assert.match(reply.headers['content-type'], /^application\/json\b/);
    assert.equal(
      reply.headers['www-authenticate'],
      `Bearer resource_metadata="${edge.url}/.well-known/oauth-protected-resource/mcp", scope="mcp"`,
    );
  },
  resource(reply, path) {
    const { authorization_servers: servers, resource } = assertJson(reply, 200);
    assert.deepEqual(servers, [edge.url]);
    assert.equal(resource, edge.url + (path.includes('/mcp') ? '/mcp' : '/'));
  },
  server(reply) {
    const document = assertJson(reply, 200);
    assert.equal(document.issuer, edge.url);
    for (const endpoint of ['authorization', 'token', 'registration']) {
      assert.ok(document[`${endpoint}_endpoint`].startsWith(edge.url), endpoint);
    }
  },
  absent(reply) {
    assert.equal(assertJson(reply, 404).error, 'not_found');
  },
  registered(reply) {
    const registered = assertJson(reply, 201);
    assert.equal(typeof registered.client_id, 'string');
    assert.deepEqual(registered.redirect_uris, REGISTRATION.redirect_uris);
  },
};

for (const [client, steps] of Object.entries(LADDERS)) {
  test(`${client}: every step finds its answer, and home hears nothing`, async () => {
    for (const [method, path, headers, expected] of steps) {
      const json = method === 'POST' ? bodyFor(path, headers) : undefined;
      const reply = await edge.send(path, { method, headers, json });
      EXPECTED[expected](reply, path);
      if (headers.origin) assert.ok(reply.headers['access-control-allow-origin'], path);
    }
    assert.deepEqual(origin.requests, []);
  });
}

function bodyFor(path, headers) {
  if (path === '/register') return REGISTRATION;
  return { jsonrpc: '2.0', id: 1, method: headers['mcp-method'] ?? 'initialize', params: {} };
}
