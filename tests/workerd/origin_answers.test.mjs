// What home says that is large, or that contradicts itself, is passed on as far as it is an answer; how home fails is in nasty_origin.test.mjs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { call } from './support/mcp_call.mjs';
import { connect } from './support/sign_in.mjs';

const { edge, origin } = await edgeAndHome();
const token = (await connect(edge)).tokens.access_token;

function answer(status, headers = {}, body = '') {
  origin.answer = (response) => response.writeHead(status, headers).end(body);
}

describe('to POST', () => {
  test('a result of 8 MiB is relayed byte for byte', async () => {
    const body = `"${'x'.repeat(8 * 1024 * 1024)}"`;
    answer(200, { 'content-type': 'application/json' }, body);
    const reply = await call(edge, token);
    assert.equal(reply.status, 200);
    assert.ok(reply.bytes.equals(Buffer.from(body)), reply.text.slice(0, 200));
  });

  for (const [status, body] of [[204, ''], [205, ''], [205, 'data: 1\n\n']]) {
    test(`${status} that says it is a stream${body && ', and is one'}, is relayed without it`, async () => {
      answer(status, { 'content-type': 'text/event-stream' }, body);
      const reply = await call(edge, token);
      assert.equal(reply.status, status);
      assert.equal(reply.bytes.length, 0);
    });
  }
});

test('to GET an empty answer that says it is a stream is 405 (TR-24)', async () => {
  for (const status of [204, 205]) {
    answer(status, { 'content-type': 'text/event-stream' });
    const reply = await call(edge, token, { method: 'GET', headers: { accept: 'text/event-stream' } });
    assert.equal(reply.status, 405, String(status));
    assert.equal(reply.headers.allow, 'POST, DELETE');
  }
});

test('home is not asked in other ways: methods that MCP has not are 405', async () => {
  for (const method of ['HEAD', 'PUT', 'PATCH', 'PROPFIND']) {
    const reply = await call(edge, token, { method, headers: { accept: 'text/event-stream' } });
    assert.equal(reply.status, 405, method);
    assert.equal(reply.headers.allow, 'GET, POST, DELETE');
    if (method === 'HEAD') assert.equal(reply.bytes.length, 0);
  }
  assert.deepEqual(origin.requests, []);
});
