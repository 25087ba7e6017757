// What reaches home of a request that was admitted: its message and its MCP headers. Not the token, not who was in
// between, and nothing with which a client could pass for the edge (RS-26, TR-15).

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { call, PING } from './support/mcp_call.mjs';
import { answerJsonRpc, startOrigin } from './support/origin.mjs';
import { open, send } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const MIB = 1024 * 1024;

let edge;
let origin;
let token;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({
    ORIGIN: `http://127.0.0.1:${origin.port}`,
    ORIGIN_HEADERS: JSON.stringify({ '/mcp': { 'X-Secret': 'only home knows' } }),
  });
  token = (await connect(edge)).tokens.access_token;
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
  origin.answer = answerJsonRpc;
});

describe('headers', () => {
  const STRIPPED = [
    'cookie',
    'proxy-authorization',
    'dpop',
    'referer',
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-real-ip',
    'cf-connecting-ip',
    'cf-ray',
    'cf-ipcountry',
    'cf-visitor',
    'cf-access-jwt-assertion',
    'true-client-ip',
    'cdn-loop',
    'x-client-ip',
    'gatelodge-assertion',
    'gatelodge-subject',
    'gatelodge-client',
    'gatelodge-scope',
    'keep-alive',
    'te',
    'sec-fetch-site',
    'x-named-by-connection',
  ];
  test("that are credentials, addresses or the edge's own do not reach home", async () => {
    const sent = Object.fromEntries(STRIPPED.map((name) => [name, `sentinel-${name}`]));
    sent.connection = 'close, x-named-by-connection';
    sent.origin = 'https://claude.ai';
    const reply = await call(edge, token, { headers: sent });
    assert.equal(reply.status, 200, reply.text);
    const { headers } = origin.last;
    for (const [name, value] of Object.entries(headers)) {
      assert.doesNotMatch(String(value), /sentinel-|claude\.ai/, name);
      assert.ok(!String(value).includes(token), `${name} carries the token`);
    }
    for (const name of ['authorization', 'origin', 'cookie']) assert.equal(headers[name], undefined, name);
    assert.equal(headers.host, `127.0.0.1:${origin.port}`);
  });

  const FORWARDED = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json; charset=utf-8',
    'last-event-id': 'stream-7',
    'mcp-method': 'tools/call',
    'mcp-name': '=?base64?SGVsbG8sIOS4lueVjA==?=',
    'mcp-param-region': 'eu',
    'mcp-protocol-version': '2026-07-28',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'a=1',
  };
  test('of the protocol do (TR-03, TR-16, TR-26)', async () => {
    await call(edge, token, { headers: FORWARDED });
    assert.partialDeepStrictEqual(origin.last.headers, FORWARDED);
  });

  test('that a client left out are not invented (TR-26)', async () => {
    await call(edge, token);
    for (const name of ['mcp-protocol-version', 'mcp-session-id', 'last-event-id', 'mcp-method']) {
      assert.equal(origin.last.headers[name], undefined, name);
    }
  });

  test('speak for the edge: its own user agent, and no encoding that a stream would wait for', async () => {
    await call(edge, token, { headers: { 'accept-encoding': 'gzip, br', 'user-agent': 'Claude-User' } });
    assert.match(origin.last.headers['user-agent'], /^Gatelodge\b/i);
    assert.equal(origin.last.headers['accept-encoding'], 'identity');
  });

  test('of ORIGIN_HEADERS are sent, and a client cannot replace them', async () => {
    await call(edge, token, { headers: { 'x-secret': 'guessed' } });
    const sent = origin.last.rawHeaders.filter(
      (_, at, all) => at % 2 === 1 && all[at - 1].toLowerCase() === 'x-secret',
    );
    assert.deepEqual(sent, ['only home knows']);
  });

  test("of the answer are the message's, not the home server's", async () => {
    origin.answer = (response) =>
      response
        .writeHead(200, {
          'access-control-allow-origin': '*',
          'content-type': 'application/json',
          'set-cookie': 'home=1',
          'www-authenticate': 'Basic realm="home"',
          server: 'home-server',
          'x-powered-by': 'home',
        })
        .end('{}');
    const { headers } = await call(edge, token);
    assert.match(headers['content-type'], /^application\/json/);
    for (const name of ['set-cookie', 'www-authenticate', 'server', 'access-control-allow-origin']) {
      assert.equal(headers[name], undefined, name);
    }
  });
});

describe('the address', () => {
  const QUERIES = [
    ['', ''],
    ['?a=1&b=%2Fx%20y', '?a=1&b=%2Fx%20y'],
    ['?access_token=x', ''],
    ['?a=1&access_token=x&b=2', '?a=1&b=2'],
    ['?access%5Ftoken=x&a=1', '?a=1'],
    ['?a=1&a=2', '?a=1&a=2'],
  ];
  for (const [asked, forwarded] of QUERIES) {
    test(`/mcp${asked} is /mcp${forwarded} at home (RS-22)`, async () => {
      await call(edge, token, { path: `/mcp${asked}` });
      assert.equal(origin.last.url, `/mcp${forwarded}`);
    });
  }

  test('is the same at home with and without a slash at its end', async () => {
    await call(edge, token, { path: '/mcp/' });
    assert.equal(origin.last.url, '/mcp');
  });

  for (const path of ['/mcp/../admin', '/mcp/%2e%2e/admin', '/mcp//x', '/mcp/x', '/mcp%2fx', '//mcp']) {
    test(`${path} does not reach home`, async () => {
      const reply = await call(edge, token, { path });
      assert.equal(reply.status, 404, reply.text);
      assert.deepEqual(origin.requests, []);
    });
  }
});

describe('the body', () => {
  const authorized = (headers) => ({
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...headers,
  });
  const echo = (response, { body }) => response.writeHead(200, { 'content-type': 'application/json' }).end(body);

  test('over 4 MiB is on its way home before the client has sent all of it', async () => {
    const [first, second] = [randomBytes(4 * MIB), randomBytes(MIB)];
    origin.answer = echo;
    const sending = open(edge.mcp, {
      method: 'POST',
      headers: authorized({ 'content-length': first.length + second.length }),
      write: async (request) => {
        request.write(first);
        await eventually(() => (origin.last?.arrived ?? 0) > 0);
        request.end(second);
      },
    });
    const { response } = await inTime(sending, 'the answer');
    const echoed = Buffer.concat(await Array.fromAsync(response));
    assert.ok(echoed.equals(Buffer.concat([first, second])));
    assert.equal(origin.last.headers['content-length'], String(5 * MIB));
    assert.equal(origin.last.headers['transfer-encoding'], undefined);
  });

  for (const [what, size] of [
    ['none at all', 0],
    ['a small one', 142],
    ['one of exactly 4 MiB', 4 * MIB],
  ]) {
    test(`without a length gets one: ${what}`, async () => {
      const body = Buffer.alloc(size, 'x');
      origin.answer = echo;
      const { response } = await open(edge.mcp, {
        method: 'POST',
        headers: authorized({ 'transfer-encoding': 'chunked' }),
        body,
      });
      assert.equal(response.statusCode, 200);
      assert.ok(Buffer.concat(await Array.fromAsync(response)).equals(body));
      assert.equal(origin.last.headers['content-length'], String(size));
      assert.equal(origin.last.headers['transfer-encoding'], undefined);
    });
  }

  test('of 6 MiB with a length passes, though the endpoint at home is not known yet', async () => {
    const fresh = await startEdge({ ORIGIN: origin.url });
    try {
      const { tokens } = await connect(fresh);
      const body = randomBytes(6 * MIB);
      origin.answer = echo;
      const reply = await send(fresh.mcp, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.access_token}` },
        body,
      });
      assert.equal(reply.status, 200);
      assert.ok(reply.bytes.equals(body));
      assert.equal(origin.last.headers['content-length'], String(6 * MIB));
    } finally {
      await fresh.stop();
    }
  });

  test('without a length and over 4 MiB is 413, and home hears nothing (TR-53)', async () => {
    const reply = await send(edge.mcp, {
      method: 'POST',
      headers: authorized({ 'transfer-encoding': 'chunked' }),
      body: Buffer.alloc(4 * MIB + 1, 'x'),
    });
    assert.equal(reply.status, 413);
    assert.equal(reply.json().jsonrpc, '2.0');
    assert.deepEqual(origin.requests, []);
  });

  const MESSAGES = [
    ['a batch (TR-27)', JSON.stringify([PING, { ...PING, id: 2 }])],
    ['spaces and line ends', ' {\r\n "jsonrpc" : "2.0" }\n'],
    ['something that is not JSON', '{"jsonrpc'],
    ['text outside ASCII', '{"a":"Gr\u00fc\u00dfe \u{1f3e1}"}'],
  ];
  for (const [what, body] of MESSAGES) {
    test(`arrives byte for byte: ${what}`, async () => {
      origin.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      await send(edge.mcp, { method: 'POST', headers: authorized(), body });
      assert.equal(origin.last.body.toString(), body);
    });
  }
});
