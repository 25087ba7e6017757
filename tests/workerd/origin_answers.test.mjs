// What home says is passed on as it is, unless a client would take it for something else (TR-04, TR-13, TR-14, TR-24).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { call } from './support/mcp_call.mjs';
import { connect } from './support/sign_in.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };
const RPC_ERROR = ' { "jsonrpc":"2.0","id":1,\r\n "error":{"code":-32601,"message":"Gr\u00fc\u00dfe"} } ';

const { edge, origin } = await edgeAndHome();
const token = (await connect(edge)).tokens.access_token;

function answer(status, headers = {}, body = '') {
  origin.answer = (response) => response.writeHead(status, headers).end(body);
}

describe('to POST', () => {
  const RELAYED = [
    ['a result', 200, JSON_TYPE, '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ['nothing, to a notification (TR-04)', 202, {}, ''],
    ['an unknown method (TR-44)', 404, JSON_TYPE, RPC_ERROR],
    ['an unsupported version (TR-26, TR-44)', 400, JSON_TYPE, RPC_ERROR],
    ['words', 406, { 'content-type': 'text/plain' }, 'Not acceptable'],
    ['too many calls', 429, { ...JSON_TYPE, 'retry-after': '7' }, RPC_ERROR],
    ['its own fault', 500, JSON_TYPE, RPC_ERROR],
    ['a result of 8 MiB', 200, JSON_TYPE, `"${'x'.repeat(8 * 1024 * 1024)}"`],
  ];
  for (const [what, status, headers, body] of RELAYED) {
    test(`${status}, ${what}, is relayed byte for byte`, async () => {
      answer(status, headers, body);
      const reply = await call(edge, token);
      assert.equal(reply.status, status);
      assert.ok(reply.bytes.equals(Buffer.from(body)), reply.text.slice(0, 200));
      assert.match(reply.headers['cache-control'], /no-store/);
      assert.equal(reply.headers['content-type'], headers['content-type']);
      assert.equal(reply.headers['retry-after'], headers['retry-after']);
    });
  }

  for (const [status, body] of [[204, ''], [205, ''], [205, 'data: 1\n\n']]) {
    test(`${status} that says it is a stream${body && ', and is one'}, is relayed without it`, async () => {
      answer(status, { 'content-type': 'text/event-stream' }, body);
      const reply = await call(edge, token);
      assert.equal(reply.status, status);
      assert.equal(reply.bytes.length, 0);
    });
  }

  test('an encoded answer can still be decoded', async () => {
    answer(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync('{"a":1}'));
    const reply = await call(edge, token);
    const plain = reply.headers['content-encoding'] === 'gzip' ? gunzipSync(reply.bytes) : reply.bytes;
    assert.equal(plain.toString(), '{"a":1}');
  });
});

describe('to GET', () => {
  const accept = { accept: 'text/event-stream' };
  const NO_STREAM = [
    ['no session yet', 400, JSON_TYPE, RPC_ERROR],
    ['a method that is not allowed', 405, { allow: 'POST' }, ''],
    ['no such page', 404, { 'content-type': 'text/html' }, '<h1>404</h1>'],
    ['JSON', 200, JSON_TYPE, '{}'],
    ['a web page', 200, { 'content-type': 'text/html' }, '<h1>Hello</h1>'],
    ['nothing', 204, {}, ''],
  ];
  for (const [what, status, headers, body] of NO_STREAM) {
    test(`${status}, ${what}, is 405 with what is allowed (TR-24)`, async () => {
      answer(status, headers, body);
      const reply = await call(edge, token, { method: 'GET', headers: accept });
      assert.equal(reply.status, 405);
      assert.equal(reply.headers.allow, 'POST, DELETE');
    });
  }

  test('its own fault stays its own fault', async () => {
    answer(500, JSON_TYPE, RPC_ERROR);
    assert.equal((await call(edge, token, { method: 'GET', headers: accept })).status, 500);
  });

  test('of other kinds is not asked: methods that MCP has not are 405', async () => {
    for (const method of ['HEAD', 'PUT', 'PATCH', 'PROPFIND']) {
      const reply = await call(edge, token, { method, headers: accept });
      assert.equal(reply.status, 405, method);
      assert.equal(reply.headers.allow, 'GET, POST, DELETE');
      if (method === 'HEAD') assert.equal(reply.bytes.length, 0);
    }
    assert.deepEqual(origin.requests, []);
  });
});

describe('to DELETE', () => {
  for (const status of [200, 204, 405]) {
    test(`${status} is relayed (TR-23)`, async () => {
      answer(status);
      const reply = await call(edge, token, { method: 'DELETE' });
      assert.equal(reply.status, status);
      assert.equal(origin.last.method, 'DELETE');
    });
  }
});

describe('that would send the client elsewhere', () => {
  const MISLEADING = [
    ['a challenge', 401, { 'www-authenticate': 'Bearer resource_metadata="https://evil.example/x"' }],
    ['a refusal', 403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }],
    ['a redirect', 301, { location: 'https://evil.example/' }],
    ['a redirect', 302, { location: '/mcp/' }],
    ['a redirect', 303, { location: '/login' }],
    ['a redirect to another path', 307, { location: '/other' }],
    ['a redirect to another host', 307, { location: 'http://127.0.0.2:1/mcp/' }],
    ['a redirect with another query', 308, { location: '/mcp/?x=1' }],
    ['a redirect without an address', 307, {}],
  ];
  for (const [what, status, headers] of MISLEADING) {
    test(`${what} (${status} ${headers.location ?? ''}) is 502 and is not followed (TR-14)`, async () => {
      answer(status, headers);
      for (const method of ['POST', 'GET', 'DELETE']) {
        origin.requests.length = 0;
        const reply = await call(edge, token, { method });
        assert.equal(reply.status, 502, `${method}: ${reply.text}`);
        assert.equal(reply.headers.location, undefined);
        assert.equal(reply.headers['www-authenticate'], undefined);
        assert.equal(origin.requests.length, 1);
      }
    });
  }
});
