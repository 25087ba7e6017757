// To whoever looks around, everything that is not there is not there in the same way, whether home is up or not; and no answer tells of home.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { startOrigin } from './support/origin.mjs';
import { SCANNED } from './support/strangers.mjs';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'];
const MORE = ['/%00', '/%ff', '/mcp/mcp', '/mcpx', '/.well-known/', '/a/b/c?d=e', '/MCP', '//mcp', '/token/x'];
const SERVER = 'HomeServer/9.9';
const ORIGIN_HEADERS = JSON.stringify({ '/mcp': { 'X-Home-Key': 'only home and the edge know this' } });

let away;
let edge;
let origin;
before(async () => {
  origin = await startOrigin((response) => response.writeHead(200, { server: SERVER }).end('home'));
  edge = await startEdge({ ORIGIN: origin.url, ORIGIN_HEADERS });
  const gone = await startOrigin();
  away = await startEdge({ ORIGIN: gone.url, ORIGIN_HEADERS });
  away.home = new URL(gone.url);
  edge.home = new URL(origin.url);
  await gone.stop();
});
after(async () => {
  await Promise.all([edge.stop(), away.stop()]);
  await origin.stop();
});

/** The answer, without what names this one request. */
function nameless({ status, rawHeaders, text }) {
  const headers = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at].toLowerCase();
    if (name !== 'gatelodge-request-id' && name !== 'date') headers.push([name, rawHeaders[at + 1]]);
  }
  return { status, headers: headers.sort(), text };
}

function assertTellsNothing(reply, { home }, what) {
  const all = `${reply.rawHeaders.join('\n')}\n${reply.text}`;
  for (const hint of [home.host, home.hostname, `:${home.port}`, SERVER, 'X-Home-Key', 'only home']) {
    assert.ok(!all.includes(hint), `${what} tells ${hint}: ${all.slice(0, 400)}`);
  }
  assert.equal(reply.headers.server, undefined, what);
}

test('what is not there is the same JSON everywhere', async () => {
  const like = nameless(await edge.get('/nothing'));
  assert.equal(like.status, 404);
  assert.equal(JSON.parse(like.text).error, 'not_found');
  for (const at of [edge, away]) {
    for (const path of [...SCANNED, ...MORE]) {
      for (const method of METHODS) {
        const reply = await at.send(path, { method, ...(method === 'POST' && { form: { user: 'admin' } }) });
        assert.deepEqual(nameless(reply), like, `${method} ${path}`);
        assertTellsNothing(reply, at, `${method} ${path}`);
      }
      const head = await at.send(path, { method: 'HEAD', headers: { accept: 'text/html' } });
      assert.deepEqual({ status: head.status, text: head.text }, { status: 404, text: '' }, path);
    }
  }
  assert.deepEqual(origin.requests, []);
});

test('each has a request id of its own', async () => {
  const replies = await Promise.all(SCANNED.map((path) => edge.get(path)));
  assert.equal(new Set(replies.map((reply) => reply.headers['gatelodge-request-id'])).size, SCANNED.length);
});

test('what is there tells strangers nothing of home, and is the same while home is away', async () => {
  const PLACES = [
    ['GET', '/'],
    ['GET', '/mcp'],
    ['POST', '/mcp'],
    ['DELETE', '/mcp'],
    ['GET', '/mcp/auth'],
    ['GET', '/mcp/discover'],
    ['GET', '/.well-known/oauth-protected-resource/mcp'],
    ['GET', '/.well-known/oauth-authorization-server'],
    ['GET', '/authorize'],
    ['POST', '/token'],
    ['POST', '/register'],
    ['POST', '/revoke'],
    ['GET', '/gatelodge'],
    ['POST', '/gatelodge/sign-in'],
  ];
  for (const [method, path] of PLACES) {
    for (const headers of [{}, { authorization: 'Bearer x' }, { accept: 'text/html' }]) {
      const replies = await Promise.all([edge, away].map((at) => at.send(path, { method, headers })));
      assertTellsNothing(replies[0], edge, `${method} ${path}`);
      assertTellsNothing(replies[1], away, `${method} ${path}`);
      assert.equal(replies[0].status, replies[1].status, `${method} ${path}`);
    }
  }
  assert.deepEqual(origin.requests, []);
});
