// People type the address of the server without its path. To a client that is the first mount; to a browser, a page.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { assertJson, assertPage } from './support/expect.mjs';
import { call, PING } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

let edge;
let origin;
let token;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url, NAME: 'My library' });
  token = (await connect(edge)).tokens.access_token;
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
});

describe('an MCP client', () => {
  const CALLS = [
    ['POST', { json: PING }],
    ['DELETE', {}],
    ['GET', { headers: { accept: 'text/event-stream' } }],
    ['GET', { headers: { accept: 'application/json, text/event-stream' } }],
    ['GET', { headers: { accept: '*/*', 'mcp-protocol-version': '2025-11-25' } }],
    ['HEAD', { headers: { accept: 'text/event-stream' } }],
    ['HEAD', { headers: { accept: '*/*' } }],
    ['GET', {}],
  ];
  for (const [method, options] of CALLS) {
    test(`is challenged on ${method} ${JSON.stringify(options.headers ?? {})} with the root document (RS-07, RS-42)`, async () => {
      const reply = await edge.send('/', { method, ...options });
      assert.equal(reply.status, 401);
      assert.equal(
        reply.headers['www-authenticate'],
        `Bearer resource_metadata="${edge.url}/.well-known/oauth-protected-resource", scope="mcp"`,
      );
      assert.deepEqual(origin.requests, []);
    });
  }

  test('finds the address that was typed in that document', async () => {
    const document = assertJson(await edge.get('/.well-known/oauth-protected-resource'), 200);
    assert.equal(new URL(document.resource).href, `${edge.url}/`);
  });

  for (const resource of ['', '/', '/mcp']) {
    test(`with a token for "${resource}" reaches the endpoint at home by both addresses`, async () => {
      const { tokens } = await connect(edge, { authorization: { resource: edge.url + resource } });
      for (const path of ['/', '/mcp', '/mcp/']) {
        const reply = await call(edge, tokens.access_token, { path });
        assert.equal(reply.status, 200, `${path}: ${reply.text}`);
        assert.equal(origin.last.url, '/mcp');
      }
    });
  }

  test('keeps its session by whichever address it comes', async () => {
    origin.answer = (response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'abc' }).end('{}');
    const session = (await call(edge, token, { path: '/' })).headers['mcp-session-id'];
    await call(edge, token, { path: '/mcp', headers: { 'mcp-session-id': session } });
    assert.equal(origin.last.headers['mcp-session-id'], 'abc');
  });

  test('of a foreign web origin is refused (TR-02)', async () => {
    const reply = await call(edge, token, { path: '/', headers: { origin: 'https://evil.example' } });
    assert.equal(reply.status, 403);
    assert.deepEqual(origin.requests, []);
  });
});

for (const accept of ['text/html,application/xhtml+xml', '*/*']) {
  test(`a browser (${accept}) sees the server's name and the address to add`, async () => {
    const reply = await edge.get('/', { headers: { accept } });
    assertPage(reply, 200);
    for (const shown of ['My library', edge.mcp]) assert.ok(reply.text.includes(shown), shown);
  });
}
