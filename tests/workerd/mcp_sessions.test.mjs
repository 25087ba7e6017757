// An MCP session belongs to the grant that opened it: its id is no use to anyone else (TR-20, TR-22, TR-28).

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { assertTokens } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { answerJsonRpc, startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

let edge;
let origin;
let mine;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url });
  mine = await connect(edge);
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
  origin.answer = answerJsonRpc;
});

async function openSession(token, id) {
  origin.answer = (response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': id }).end('{}');
  const reply = await call(edge, token);
  origin.answer = answerJsonRpc;
  origin.requests.length = 0;
  return reply.headers['mcp-session-id'];
}

function resume(token, session, options = {}) {
  return call(edge, token, { ...options, headers: { 'mcp-session-id': session, accept: 'text/event-stream' } });
}

for (const id of [
  'abc',
  'a.b.c',
  '1868a90c-9f0e-4e28-8c27-3a1c2f4d5b6a',
  '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  'x'.repeat(200),
]) {
  test(`the id ${id.slice(0, 40)} comes home as it went out (TR-20)`, async () => {
    const session = await openSession(mine.tokens.access_token, id);
    assert.match(session, /^[\x21-\x7e]+$/);
    assert.notEqual(session, id);
    for (const method of ['POST', 'DELETE']) {
      assert.notEqual((await resume(mine.tokens.access_token, session, { method })).status, 404);
      assert.equal(origin.last.headers['mcp-session-id'], id);
    }
  });
}

test('a session outlives the access token it was opened with', async () => {
  const session = await openSession(mine.tokens.access_token, 'long');
  const next = assertTokens(await mine.client.refresh(mine.tokens.refresh_token));
  assert.equal((await resume(next.access_token, session)).status, 200);
  assert.equal(origin.last.headers['mcp-session-id'], 'long');
});

describe("a session id that is not the caller's own", () => {
  test('another grant of the same client: 404, and home hears nothing (TR-28)', async () => {
    const session = await openSession(mine.tokens.access_token, 'mine');
    const other = await connect(edge, { client: mine.client });
    for (const method of ['POST', 'GET', 'DELETE']) {
      const reply = await resume(other.tokens.access_token, session, { method });
      assert.equal(reply.status, 404, method);
      assert.equal(reply.json().jsonrpc, '2.0');
    }
    assert.deepEqual(origin.requests, []);
  });

  test('bare, damaged and invented ids: 404, and home hears nothing', async () => {
    const session = await openSession(mine.tokens.access_token, 'mine');
    const invented = [
      'mine',
      `${session}x`,
      session.slice(0, -1),
      session.replace('mine', 'yours'),
      'a.b',
      '.',
      'x'.repeat(5_000),
    ];
    for (const id of invented) {
      assert.equal((await resume(mine.tokens.access_token, id)).status, 404, id.slice(0, 60));
    }
    assert.deepEqual(origin.requests, []);
  });

  test('it does not replace the token (RS-20)', async () => {
    const session = await openSession(mine.tokens.access_token, 'mine');
    assert.equal((await resume(undefined, session)).status, 401);
  });
});

test("home's own 404 to a session that ended reaches the client on POST and on GET (TR-22)", async () => {
  const session = await openSession(mine.tokens.access_token, 'ended');
  const body = '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}';
  origin.answer = (response) => response.writeHead(404, { 'content-type': 'application/json' }).end(body);
  for (const method of ['POST', 'GET', 'DELETE']) {
    const reply = await resume(mine.tokens.access_token, session, { method });
    assert.equal(reply.status, 404, method);
    assert.equal(reply.text, body);
  }
});

test('an edge without sessions makes none up', async () => {
  assert.equal((await call(edge, mine.tokens.access_token)).headers['mcp-session-id'], undefined);
});
