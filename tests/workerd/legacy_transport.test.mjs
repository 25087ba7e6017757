// The legacy pair of HTTP and SSE (MCP 2024-11-05): a stream whose first event says where messages are posted. That
// place is at home, so the client gets one at the edge, for its grant alone; all other bytes are home's (TR-62, TR-63).

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';

import { startEdge } from './support/edge.mjs';
import { eventually, inTime, passes } from './support/eventually.mjs';
import { assertJson } from './support/expect.mjs';
import { call, PING } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { MemoryProvider } from './support/sdk_provider.mjs';
import { sseServer } from './support/sdk_server.mjs';
import { authorizeSdk, connectSdk, signInSdk } from './support/sdk_sign_in.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const PATH = '/sse';
const STREAM = { 'content-type': 'text/event-stream' };
const EVENT = /event: endpoint\ndata: (\S+)\n\n/;
const PLACE = '/messages/?session_id=0123456789abcdef';

let edge;
let origin;
let token;
let other;
const clients = new Set();
const streams = new Set();

before(async () => {
  origin = await startOrigin();
  const mounts = [{ path: PATH, origin: `http://127.0.0.1:${origin.port}${PATH}`, transport: 'sse' }];
  edge = await startEdge({ ORIGIN: undefined, MOUNTS: JSON.stringify(mounts) });
  edge.mcp = edge.url + PATH;
  token = (await connect(edge)).tokens.access_token;
  other = (await connect(edge)).tokens.access_token;
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
});
afterEach(async () => {
  for (const client of clients) await client.close();
  for (const { request } of streams) request.destroy();
  clients.clear();
  streams.clear();
});

/** A client that is gone resets its connection. */
function leave(request) {
  request.socket.resetAndDestroy();
}

/** Home opens its stream with these bytes; what it returns adds to it. */
function homeSays(...beginning) {
  const home = {};
  origin.answer = (response, { method }) => {
    if (method !== 'GET') return response.writeHead(202).end('Accepted');
    home.stream = response.writeHead(200, STREAM);
    home.stream.flushHeaders();
    for (const bytes of beginning) home.stream.write(bytes);
  };
  return home;
}

const endpointOf = (place) => `event: endpoint\ndata: ${place}\n\n`;

/** A stream at the edge and what it has said. */
async function openStream() {
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
  const opened = await inTime(open(edge.mcp, { headers }), 'the head of the stream');
  streams.add(opened);
  const stream = { ...opened, bytes: Buffer.alloc(0), chunks: opened.response[Symbol.asyncIterator]() };
  stream.next = async () => {
    const { value, done } = await inTime(stream.chunks.next(), 'more of the stream');
    if (!done) stream.bytes = Buffer.concat([stream.bytes, value]);
    return !done;
  };
  stream.says = async (what) => {
    while (!stream.bytes.includes(what)) assert.ok(await stream.next(), `the stream ended: ${stream.bytes}`);
  };
  return stream;
}

/** Where messages are posted, as the stream says. */
async function endpointAt(stream) {
  for (;;) {
    const found = EVENT.exec(stream.bytes.toString('latin1'));
    if (found) return found[1];
    assert.ok(await stream.next(), `the stream ended: ${stream.bytes}`);
  }
}

function post(path, bearer = token, options = {}) {
  return call(edge, bearer, { path, ...options });
}

describe("the SDK's client in front of the SDK's server", () => {
  const tools = {
    add: ({ a, b }) => String(a + b),
    async count({ to }, tell) {
      for (let n = 1; n <= to; n += 1) {
        await tell(n);
        // The SDK forgets who listens as soon as the result is in.
        await passes(0.05);
      }
      return `counted to ${to}`;
    },
  };
  const kept = (connected) => {
    clients.add(connected.client);
    return connected;
  };
  beforeEach(() => {
    origin.answer = sseServer(tools);
  });

  async function assertWorks(client) {
    assert.deepEqual((await client.listTools()).tools.map(({ name }) => name), ['add', 'count']);
    const answer = await client.callTool({ name: 'add', arguments: { a: 2, b: 40 } });
    assert.equal(answer.content[0].text, '42');
    const heard = [];
    const call = { name: 'count', arguments: { to: 3 } };
    const counted = await client.callTool(call, undefined, { onprogress: ({ progress }) => heard.push(progress) });
    assert.equal(counted.content[0].text, 'counted to 3');
    assert.deepEqual(heard, [1, 2, 3]);
  }

  test('signs in, lists the tools, and calls one with progress', async () => {
    const { client } = kept(await signInSdk(edge.mcp, { Transport: SSEClientTransport }));
    await assertWorks(client);
    const [stream, ...messages] = origin.requests;
    assert.deepEqual([stream.method, stream.url], ['GET', PATH]);
    const places = new Set(messages.map(({ method, url }) => `${method} ${url}`));
    assert.match([...places].join(), /^POST \/messages\/\?kind=legacy&sessionId=[\da-f-]{36}$/);
    for (const { headers } of origin.requests) assert.equal(headers.authorization, undefined, 'RS-26');
  });

  test('falls back to it when it tries the newer transport first (POST, 405, then GET)', async () => {
    const provider = new MemoryProvider();
    await authorizeSdk(edge.mcp, { provider });
    await assert.rejects(connectSdk(edge.mcp, provider), { code: 405 });
    assert.deepEqual(origin.requests, []);
    const { client } = kept(await connectSdk(edge.mcp, provider, SSEClientTransport));
    await assertWorks(client);
    assert.equal(provider.sentTo.length, 1, 'the person is asked once');
  });

  test('two clients at once have sessions of their own', async () => {
    const both = await Promise.all(
      [1, 2].map(async () => kept(await signInSdk(edge.mcp, { Transport: SSEClientTransport }))),
    );
    await Promise.all(both.map(({ client }) => assertWorks(client)));
    const sessions = new Set(origin.requests.filter(({ method }) => method === 'POST').map(({ url }) => url));
    assert.equal(sessions.size, 2);
  });

  test('that leaves ends its stream at home with the next event', async () => {
    const { client } = kept(await signInSdk(edge.mcp, { Transport: SSEClientTransport }));
    await client.listTools();
    const stream = origin.requests.find(({ method }) => method === 'GET');
    assert.equal(stream.closed, false);
    await client.close();
    await eventually(() => {
      stream.response.write(': still there\n\n');
      return stream.closed;
    });
  });
});

describe('the endpoint event', () => {
  const PLACES = [
    [PLACE, PLACE],
    ['messages?session_id=a', '/messages?session_id=a'],
    ['?session_id=a', `${PATH}?session_id=a`],
    ['http://127.0.0.1:PORT/m/%2Fx?a=%20b&a=2', '/m/%2Fx?a=%20b&a=2'],
    ['//127.0.0.1:PORT/m', '/m'],
    ['/m?endpoint=its-own&access_token=of-home', '/m?endpoint=its-own&access_token=of-home'],
  ];
  for (const [named, there] of PLACES) {
    test(`that names ${named} names a path of the edge, and messages go to ${there} at home (TR-62)`, async () => {
      homeSays(endpointOf(named.replace('PORT', origin.port)));
      const stream = await openStream();
      const endpoint = await endpointAt(stream);
      assert.equal(String(stream.bytes), endpointOf(endpoint), 'and nothing else is said');
      assert.match(endpoint, /^\/sse\?endpoint=[\w-]+\.[\w-]{16}$/);
      const message = { ...PING, params: { text: 'Gr\u00fc\u00dfe' } };
      const reply = await post(endpoint, token, { message });
      assert.equal(reply.status, 202, reply.text);
      assert.equal(origin.last.method, 'POST');
      assert.equal(origin.last.url, there);
      assert.deepEqual(JSON.parse(origin.last.body), message);
      assert.equal(origin.last.headers.host, `127.0.0.1:${origin.port}`);
      assert.equal(origin.last.headers.authorization, undefined);
    });
  }

  const FRAMES = [
    ['lines that end in CRLF', `event: endpoint\r\ndata: ${PLACE}\r\n\r\n`],
    ['no space after the colon, and the data first', `data:${PLACE}\nevent:endpoint\n\n`],
    ['one byte at a time', ...[...endpointOf(PLACE)]],
  ];
  for (const [what, ...pieces] of FRAMES) {
    test(`is found: ${what}`, async () => {
      homeSays(...pieces);
      assert.equal((await post(await endpointAt(await openStream()))).status, 202);
      assert.equal(origin.last.url, PLACE);
    });
  }

  const ELSEWHERE = [
    'http://evil.example/messages',
    '//evil.example/messages',
    'http://127.0.0.1:9/messages',
    'http://localhost:PORT/messages',
    'https://127.0.0.1:PORT/messages',
    'http://user:pass@127.0.0.1:PORT/messages',
    'javascript:alert(1)',
    'http://[',
  ];
  for (const named of ELSEWHERE) {
    test(`that names ${named} is 502, and nobody is left waiting at home`, async () => {
      homeSays(endpointOf(named.replace('PORT', origin.port)));
      const reply = await inTime(post(PATH, token, { method: 'GET' }), 'the refusal');
      assertJson(reply, 502);
      assert.ok(!reply.text.includes('messages'), reply.text);
      await eventually(() => origin.last.closed);
    });
  }

  test('that does not come in the first 16 KiB is 502, and the stream ends at home', async () => {
    homeSays(...Array.from({ length: 17 }, () => `: ${'x'.repeat(1021)}\n`));
    assertJson(await inTime(post(PATH, token, { method: 'GET' }), 'the refusal'), 502);
    await eventually(() => origin.last.closed);
  });

  test('that comes in the first 16 KiB is found, and what was before it stays', async () => {
    const before = `: ${'x'.repeat(12 * 1024)}\n\n`;
    homeSays(before, endpointOf(PLACE));
    const stream = await openStream();
    const endpoint = await endpointAt(stream);
    assert.equal(String(stream.bytes), before + endpointOf(endpoint));
  });

  test('that never comes, because the stream ends, is 502', async () => {
    origin.answer = (response) => response.writeHead(200, STREAM).end('event: endpoint\ndata: /m\n');
    assertJson(await inTime(post(PATH, token, { method: 'GET' }), 'the refusal'), 502);
  });
});

describe('what follows the endpoint event', () => {
  test('arrives event by event, each before the next is sent (TR-05)', async () => {
    const home = homeSays(endpointOf(PLACE));
    const stream = await openStream();
    await endpointAt(stream);
    for (let event = 1; event <= 20; event += 1) {
      const data = `event: message\ndata: {"n":${event}}\n\n`;
      home.stream.write(data);
      await stream.says(data);
    }
    home.stream.end();
    assert.equal(await stream.next(), false);
  });

  const REST = [
    ['another endpoint event', endpointOf('http://evil.example/m')],
    ['line ends of all kinds', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n'],
    ['comments, ids and retry times', ': x\n\nid: 7\ndata\n\nretry: 1500\n\n'],
    ['an event that is never finished', 'data: 1\n\ndata: 2'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0xc3, 0x00, 0x0a])],
    ['an event of 256 KiB', `data: ${'x'.repeat(256 * 1024)}\n\n`],
  ];
  for (const together of [true, false]) {
    for (const [what, rest] of REST) {
      test(`is home's byte for byte: ${what}, ${together ? 'in one piece with it' : 'later'} (TR-06)`, async () => {
        const event = Buffer.from(endpointOf(PLACE));
        const home = homeSays(...(together ? [Buffer.concat([event, Buffer.from(rest)])] : [event]));
        const stream = await openStream();
        const endpoint = await endpointAt(stream);
        if (!together) home.stream.write(rest);
        home.stream.end();
        while (await stream.next());
        const expected = Buffer.concat([Buffer.from(endpointOf(endpoint)), Buffer.from(rest)]);
        assert.ok(stream.bytes.equals(expected), String(stream.bytes.subarray(0, 200)));
      });
    }
  }

  test('has the head of a stream (TR-07)', async () => {
    homeSays(endpointOf(PLACE));
    const { response } = await openStream();
    assert.equal(response.statusCode, 200);
    assert.match(response.headers['content-type'], /^text\/event-stream\b/);
    assert.equal(response.headers['cache-control'], 'no-cache, no-transform');
    assert.equal(response.headers['x-accel-buffering'], 'no');
    assert.equal(response.headers['content-length'], undefined);
  });

  test('ends at home when the client leaves, though nothing is sent (TR-11)', async () => {
    homeSays(endpointOf(PLACE));
    const stream = await openStream();
    await endpointAt(stream);
    const received = origin.last;
    assert.equal(received.closed, false);
    leave(stream.request);
    await eventually(() => received.closed);
  });

  test('ends at home when the client leaves before the event has come (TR-11)', async () => {
    homeSays(': open\n\n');
    const opening = open(edge.mcp, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      write: (request) => {
        request.end();
        eventually(() => origin.requests.length === 1).then(() => leave(request));
      },
    });
    await assert.rejects(opening, { code: 'ECONNRESET' });
    await eventually(() => origin.last.closed);
  });

  test('breaks off at the client when home breaks off, and nothing is made up (TR-10)', async () => {
    const home = homeSays(endpointOf(PLACE));
    const stream = await openStream();
    const endpoint = await endpointAt(stream);
    home.stream.destroy();
    await inTime((async () => { while (await stream.next()); })().catch(() => {}), 'the end of the stream');
    assert.equal(String(stream.bytes), endpointOf(endpoint));
  });
});

describe('the place for messages', () => {
  let endpoint;
  beforeEach(async () => {
    homeSays(endpointOf(PLACE));
    endpoint = await endpointAt(await openStream());
    origin.requests.length = 0;
  });

  test('says nothing that a person can read of home', () => {
    for (const word of ['messages', 'session', '0123456789abcdef', '127.0.0.1', String(origin.port)]) {
      assert.ok(!endpoint.includes(word), `${endpoint} says ${word}`);
    }
  });

  test("is unknown to another grant, also of the same owner's", async () => {
    assert.equal((await post(endpoint, other)).status, 404);
    assert.deepEqual(origin.requests, []);
    assert.equal((await post(endpoint, token)).status, 202);
  });

  test('needs a token (RS-20, TR-63)', async () => {
    const reply = await call(edge, undefined, { path: endpoint });
    assertJson(reply, 401);
    assert.match(reply.headers['www-authenticate'], /oauth-protected-resource\/sse"/);
    assert.equal((await call(edge, undefined, { path: `${endpoint}&access_token=${token}` })).status, 401, 'RS-22');
    assert.equal((await post(endpoint, token, { headers: { origin: 'https://evil.example' } })).status, 403, 'TR-02');
    assert.deepEqual(origin.requests, []);
  });

  test('is 404 when it is forged, and home hears nothing', async () => {
    const [place, tag] = endpoint.slice(`${PATH}?endpoint=`.length).split('.');
    const elsewhere = Buffer.from('/admin').toString('base64url');
    const host = Buffer.from(`//evil.example/`).toString('base64url');
    const forged = ['', '.', `${place}`, `${place}.`, `.${tag}`, `${place}.AAAA`, `${place}.${tag.slice(0, -4)}`, `${place}.${tag}AAAA`, `${elsewhere}.${tag}`, `${host}.${tag}`, PLACE];
    for (const value of forged) {
      assertJson(await post(`${PATH}?endpoint=${encodeURIComponent(value)}`), 404);
    }
    assertJson(await post(`${PATH}?endpoint=${elsewhere}.x&${endpoint.split('?')[1]}`), 404);
    assert.deepEqual(origin.requests, []);
  });

  test('is with a slash at the end of the mount, too', async () => {
    assert.equal((await post(endpoint.replace('?', '/?'))).status, 202);
    assert.equal(origin.last.url, PLACE);
  });

  test('answers as home does: a session that is over is its 404, byte for byte', async () => {
    for (const [status, body] of [[404, 'Could not find session'], [400, '{"error":"Grüße"}'], [202, 'Accepted']]) {
      origin.answer = (response) => response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
      const reply = await post(endpoint);
      assert.equal(reply.status, status);
      assert.equal(reply.text, body);
    }
  });

  for (const [method, path] of [['POST', PATH], ['POST', '/'], ['POST', `${PATH}?a=1`], ['DELETE', PATH]]) {
    test(`${method} ${path} without it is 405 and says that the stream comes first`, async () => {
      const reply = await post(path, token, { method });
      assertJson(reply, 405);
      assert.equal(reply.headers.allow, 'GET');
      assert.deepEqual(origin.requests, []);
    });
  }

  test('DELETE with it is 405, too', async () => {
    assert.equal((await post(endpoint, token, { method: 'DELETE' })).status, 405);
    assert.deepEqual(origin.requests, []);
  });
});

test('a stream that home refuses is an error of the gateway, as at every mount', async () => {
  for (const [status, expected] of [[404, 405], [401, 502], [302, 502], [503, 503]]) {
    origin.answer = (response) => response.writeHead(status, { location: '/login', 'content-type': 'text/html' }).end();
    assert.equal((await post(PATH, token, { method: 'GET' })).status, expected, String(status));
  }
});

test('a stream needs a token, and the challenge comes first (RS-20)', async () => {
  for (const method of ['GET', 'POST', 'DELETE']) assertJson(await call(edge, undefined, { path: PATH, method }), 401);
  assert.deepEqual(origin.requests, []);
});
