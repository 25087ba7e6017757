// Nothing is held back on the way: an event is at the client before the next one exists (TR-05, TR-06, TR-11).

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { call, PING } from './support/mcp_call.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const STREAM = { 'content-type': 'text/event-stream' };

const { edge, origin } = await edgeAndHome();
const token = (await connect(edge)).tokens.access_token;

function openStream(method, options = {}) {
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
  return open(edge.mcp, { method, headers, ...(method === 'POST' && { json: PING }), ...options });
}

for (const method of ['GET', 'POST']) {
  describe(`a stream that ${method} opened`, () => {
    test('delivers each event before the next is sent', async () => {
      let stream;
      origin.answer = (response) => {
        stream = response.writeHead(200, STREAM);
        stream.flushHeaders();
      };
      const { response } = await inTime(openStream(method), 'the head of the stream');
      const chunks = response[Symbol.asyncIterator]();
      for (let event = 1; event <= 20; event += 1) {
        const data = `id: ${event}\ndata: {"n":${event}}\n\n`;
        stream.write(data);
        const { value } = await inTime(chunks.next(), `event ${event}`);
        assert.equal(String(value), data);
      }
      stream.end();
      assert.equal((await inTime(chunks.next(), 'the end of the stream')).done, true);
    });

    test('says what a stream needs and nothing that ends it (TR-06, TR-07)', async () => {
      origin.answer = (response) =>
        response
          .writeHead(200, { ...STREAM, 'cache-control': 'public, max-age=60', 'x-accel-buffering': 'yes' })
          .end('data: 1\n\n');
      const { response } = await openStream(method);
      assert.equal(response.statusCode, 200);
      assert.match(response.headers['content-type'], /^text\/event-stream\b/);
      assert.equal(response.headers['cache-control'], 'no-cache, no-transform');
      assert.equal(response.headers['x-accel-buffering'], 'no');
      assert.equal(response.headers['content-length'], undefined);
      assert.equal(response.headers['content-encoding'], undefined);
      response.destroy();
    });

    test('ends at home when the client leaves, though nothing is sent (TR-11, TR-46)', async () => {
      origin.answer = (response) => response.writeHead(200, STREAM).write('data: 1\n\n');
      const { request, response } = await openStream(method);
      await inTime(response[Symbol.asyncIterator]().next(), 'the first event');
      assert.equal(origin.last.closed, false);

      leave(request);

      await eventually(() => origin.last.closed);
    });

    test('ends at home with the next event, when the client only closed its half', async () => {
      origin.answer = (response) => response.writeHead(200, STREAM).write('data: 1\n\n');
      const { request, response } = await openStream(method);
      await inTime(response[Symbol.asyncIterator]().next(), 'the first event');

      request.destroy();

      await eventually(() => {
        origin.last.response.write('data: 2\n\n');
        return origin.last.closed;
      });
    });

    const PIECES = [
      ['line ends of all three kinds', ['data: a\r\n\r\n', 'data: b\r\r', 'data: c\n\n']],
      ['a CRLF across two pieces', ['data: a\r', '\n\r', '\ndata: b\r\n\r\n']],
      ['a letter across two pieces', splitBytes('data: Gr\u00fc\u00dfe \u{1f3e1}\n\n')],
      [
        'comments, ids and retry times',
        [': hello\n\n', 'id: 7\ndata\n\n', 'retry: 1500\n\n', 'event: x\ndata: 1\ndata: 2\n\n'],
      ],
      ['a byte order mark and a NUL', ['\ufeffdata: 1\n\n', 'data: \u0000\n\n']],
      ['an event that is never finished', ['data: 1\n\n', 'data: 2']],
      ['an event of 256 KiB', [`data: ${randomBytes(131_072).toString('hex')}\n\n`]],
      ['bytes that are no text', [randomBytes(4_096), Buffer.from([0xff, 0xfe, 0xc3])]],
    ];
    for (const [what, pieces] of PIECES) {
      test(`carries ${what} byte for byte (TR-06)`, async () => {
        origin.answer = async (response) => {
          response.writeHead(200, STREAM);
          for (const piece of pieces) {
            await new Promise((written) => response.write(piece, written));
            await new Promise(setImmediate);
          }
          response.end();
        };
        const { response } = await openStream(method);
        const received = await inTime(Array.fromAsync(response), 'the whole stream');
        assert.deepEqual(Buffer.concat(received), Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
      });
    }
  });
}

test('streams of several clients do not wait for each other', async () => {
  const streams = [];
  origin.answer = (response) => streams.push(response.writeHead(200, STREAM)) && response.write(': open\n\n');
  const opened = await Promise.all(Array.from({ length: 8 }, () => openStream('POST')));
  const readers = opened.map(({ response }) => response[Symbol.asyncIterator]());
  for (const reader of readers) await inTime(reader.next(), 'the opening of a stream');

  for (const stream of streams.toReversed()) stream.write('data: x\n\n');

  for (const reader of readers) assert.equal(String((await inTime(reader.next(), 'an event')).value), 'data: x\n\n');
  for (const { request } of opened) leave(request);
  await eventually(() => origin.requests.every((received) => received.closed));
});

test('a request that the client gives up before an answer is given up at home', async () => {
  origin.answer = () => {};
  const opening = openStream('POST', {
    write: (request) => {
      request.end(JSON.stringify(PING));
      eventually(() => origin.requests.length === 1).then(() => leave(request));
    },
  });
  await assert.rejects(opening, { code: 'ECONNRESET' });
  await eventually(() => origin.last.closed);
});

test('a call during an open stream is answered', async () => {
  origin.answer = (response) => response.writeHead(200, STREAM).write(': open\n\n');
  const { request } = await openStream('GET');
  origin.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  assert.equal((await inTime(call(edge, token), 'the call')).text, '{}');
  request.destroy();
});

/** A client that is gone resets its connection; one that closes its half may still be reading. */
function leave(request) {
  request.socket.resetAndDestroy();
}

function splitBytes(text) {
  return [...Buffer.from(text)].map((byte) => Buffer.of(byte));
}
