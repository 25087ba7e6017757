// Each client looks for the way in by a ladder of its own. Every step of the recorded ones finds what it must find.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { assertJson, assertPage } from './support/expect.mjs';
import { LADDERS } from './support/ladders.mjs';
import { startOrigin } from './support/origin.mjs';

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
  challenge(reply, { method, path }) {
    assert.equal(reply.status, 401);
    assert.match(reply.headers['content-type'], /^application\/json\b/);
    const document = `${edge.url}/.well-known/oauth-protected-resource${path === '/' ? '' : path}`;
    assert.equal(reply.headers['www-authenticate'], `Bearer resource_metadata="${document}", scope="mcp"`);
    if (method === 'HEAD') assert.equal(reply.bytes.length, 0);
    else assert.equal(typeof reply.json().error, 'string');
  },
  resource(reply, { path }) {
    const { authorization_servers: servers, resource, scopes_supported: scopes } = assertJson(reply, 200);
    assert.deepEqual(servers, [edge.url]);
    assert.equal(resource, edge.url + (path.includes('/mcp') ? '/mcp' : '/'));
    assert.deepEqual(scopes, ['mcp']);
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
  registered(reply, { body }) {
    const registered = assertJson(reply, 201);
    assert.equal(typeof registered.client_id, 'string');
    assert.deepEqual(registered.redirect_uris, body.redirect_uris);
    assert.equal(registered.token_endpoint_auth_method, body.token_endpoint_auth_method);
    assert.match(reply.headers['cache-control'], /no-store/);
  },
  preflight(reply, { headers }) {
    assert.equal(reply.status, 204);
    const list = (name) => reply.headers[name].toLowerCase().split(', ');
    assert.ok(list('access-control-allow-methods').includes(headers['access-control-request-method'].toLowerCase()));
    for (const name of headers['access-control-request-headers'].split(',')) {
      assert.ok(list('access-control-allow-headers').includes(name), name);
    }
  },
  page(reply) {
    assertPage(reply, 200);
  },
  'refused page'(reply) {
    assertPage(reply, 400);
  },
  refused(reply) {
    assert.equal(typeof assertJson(reply, 400).error, 'string');
  },
};

for (const [client, steps] of Object.entries(LADDERS)) {
  test(`${client}: every step finds its answer, and home hears nothing`, async () => {
    for (const [method, path, headers, expected, own] of steps) {
      const body = own ?? (method === 'POST' ? callOf(headers) : undefined);
      const reply = await edge.send(path, { method, headers, json: body });
      assert.equal(reply.headers.location, undefined);
      EXPECTED[expected](reply, { method, path, headers, body });
      if (headers.origin) assert.ok(['*', headers.origin].includes(reply.headers['access-control-allow-origin']), path);
    }
    assert.deepEqual(origin.requests, []);
  });
}

test('nothing of all this was stored', async () => {
  assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] });
});

/** The first message of a client. */
function callOf(headers) {
  return { jsonrpc: '2.0', id: 1, method: headers['mcp-method'] ?? 'initialize', params: {} };
}
