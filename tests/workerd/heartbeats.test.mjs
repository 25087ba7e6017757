// A silent stream stays open: it gets a comment where no event is under way, and is otherwise home's, byte for byte
// (TR-06, TR-08, TR-10, TR-11).

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { createParser } from 'eventsource-parser';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually, inTime, passes } from './support/eventually.mjs';
import { PING } from './support/mcp_call.mjs';
import { Seeded } from './support/seeded.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const STREAM = { 'content-type': 'text/event-stream' };
const HEARTBEAT = ': gatelodge\n\n';

const often = await edgeAndHome({ HEARTBEAT_SECONDS: '1' });
const never = await edgeAndHome({ HEARTBEAT_SECONDS: '0' });
for (const gate of [often, never]) gate.token = (await connect(gate.edge)).tokens.access_token;

/** A stream that home opens with a head, and both its ends. */
async function openStream({ edge, origin, token }, method = 'GET') {
  const id = randomUUID();
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}`, 'last-event-id': id };
  const { request, response } = await open(edge.mcp, { method, headers, ...(method === 'POST' && { json: PING }) });
  assert.equal(response.statusCode, 200);
  const atHome = origin.requests.find((request) => request.headers['last-event-id'] === id);
  const stream = { request, response, atHome, home: atHome.response, bytes: Buffer.alloc(0), end: 'none' };
  response.on('data', (chunk) => (stream.bytes = Buffer.concat([stream.bytes, chunk])));
  response.on('end', () => (stream.end = 'proper'));
  response.on('error', () => (stream.end = 'broken'));
  return stream;
}

const beats = ({ bytes }) => String(bytes).split(HEARTBEAT).length - 1;
const stripped = ({ bytes }) => Buffer.from(bytes.toString('latin1').replaceAll(HEARTBEAT, ''), 'latin1');
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

for (const { origin } of [often, never]) origin.answer = (response) => response.writeHead(200, STREAM).flushHeaders();

describe('a silent stream', { concurrency: true }, () => {
  for (const method of ['GET', 'POST']) {
    test(`that ${method} opened gets a comment after each silence, before its first event and between events`, async () => {
      const stream = await openStream(often, method);
      await eventually(() => beats(stream) >= 2);
      stream.home.write('id: 1\ndata: 1\n\n');
      await eventually(() => String(stream.bytes).endsWith('data: 1\n\n'));
      const before = beats(stream);
      await eventually(() => beats(stream) >= before + 2);
      assert.equal(stripped(stream).toString(), 'id: 1\ndata: 1\n\n');
      stream.home.end();
      await eventually(() => stream.end === 'proper');
    });

    test(`that ${method} opened is closed at home by the next comment, when its client only closed its half`, async () => {
      const stream = await openStream(often, method);
      stream.request.destroy();
      await eventually(() => stream.atHome.closed, { within: 5_000 });
    });

    test(`that ${method} opened is closed at home within a second, when its client is gone`, async () => {
      const stream = await openStream(often, method);
      stream.request.socket.resetAndDestroy();
      await eventually(() => stream.atHome.closed, { within: 1_000 });
    });
  }

  test('is there after a dozen comments, which by default are five minutes, and then has its event', async () => {
    const stream = await openStream(often);
    await eventually(() => beats(stream) >= 12, { within: 40_000 });
    assert.equal(stream.end, 'none');
    stream.home.write('data: at last\n\n');
    await eventually(() => stripped(stream).toString() === 'data: at last\n\n');
    stream.request.destroy();
  });

  test('gets none while an event is under way, and the event stays whole', async () => {
    const stream = await openStream(often);
    stream.home.write('data: begun, ');
    await passes(3);
    stream.home.write('and ended\n\n');
    await eventually(() => String(stream.bytes).endsWith('ended\n\n'));
    assert.match(String(stream.bytes), /data: begun, and ended\n\n/);
    await eventually(() => String(stream.bytes).endsWith(`ended\n\n${HEARTBEAT}`));
    stream.request.destroy();
  });

  test('gets none while events come', async () => {
    const stream = await openStream(often);
    stream.home.write('data: 0\n\n');
    await eventually(() => stream.bytes.length > 0);
    const before = beats(stream);
    let longest = 0;
    for (let event = 1, last = Date.now(); event <= 30; event += 1) {
      await pause(100);
      stream.home.write(`data: ${event}\n\n`);
      longest = Math.max(longest, Date.now() - last);
      last = Date.now();
    }
    await eventually(() => String(stream.bytes).endsWith('data: 30\n\n'));
    // On a machine that stood still in between there was a silence.
    if (longest < 900) assert.equal(beats(stream), before);
    stream.request.destroy();
  });

  test('is untouched where heartbeats are off', async () => {
    const stream = await openStream(never);
    stream.home.write('data: 1\n\n');
    await passes(3);
    assert.equal(String(stream.bytes), 'data: 1\n\n');
    stream.request.destroy();
  });

  test('that home breaks off is broken off for its reader, after all that had come', async () => {
    const stream = await openStream(often);
    await eventually(() => beats(stream) > 0);
    stream.home.write('data: 1\n\ndata: 2');
    await eventually(() => String(stream.bytes).endsWith('data: 2'));
    stream.home.destroy();
    await eventually(() => stream.end === 'broken');
    assert.equal(stripped(stream).toString(), 'data: 1\n\ndata: 2', 'and nothing is made up');
  });
});

describe('without its comments a stream is home\'s, and with them it says the same', { concurrency: true }, () => {
  const PARTS = ['data: 1', 'id: 7', 'event: x', 'retry: 10', ': comment', ':', 'Gr\u00fc\u00dfe \u{1f3e1}', '\u0000', 'x'.repeat(300)];
  const ENDS = ['\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', ''];
  /** Two full seconds are more than a silence and the second that ends it. */
  const SILENCE = 2_200;
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  let heard = 0;

  /** Bytes as a home server might send them, in pieces as a network might cut them, with silence after some of them. */
  function invent(seed) {
    const random = new Seeded(seed);
    const lines = Array.from({ length: random.below(12) }, () => random.of(PARTS) + random.of(ENDS));
    const noise = Buffer.from(Array.from({ length: random.below(20) }, () => random.below(256)));
    const bytes = Buffer.concat([Buffer.from(lines.join('')), noise, Buffer.from(random.of(ENDS))]);
    const ends = [...bytes.toString('latin1').matchAll(/\n\n|\r\r|\r\n\r\n/g)].map(({ index, 0: end }) => index + end.length);
    const cut = () => (ends.length > 0 && random.chance(0.5) ? random.of(ends) : random.below(bytes.length + 1));
    const cuts = Array.from({ length: random.below(5) }, cut).sort((one, other) => one - other);
    const pieces = [0, ...cuts].map((cut, index) => bytes.subarray(cut, cuts[index] ?? bytes.length));
    return { bytes, pieces: pieces.map((piece) => ({ piece, silence: random.chance(0.4) ? SILENCE : random.below(20) })) };
  }

  for (let number = 0; number < 100; number += 1) {
    test(`however it is cut (seed ${seed}, stream ${number})`, async () => {
      const { bytes, pieces } = invent(seed + number);
      const stream = await openStream(often, number % 2 ? 'GET' : 'POST');
      for (const { piece, silence } of pieces) {
        if (piece.length > 0) stream.home.write(piece);
        await pause(silence);
      }
      stream.home.end();
      await inTime(eventually(() => stream.end === 'proper'), 'the end');
      const came = JSON.stringify(stream.bytes.toString('latin1'));
      assert.equal(digest(stripped(stream)), digest(bytes), `${JSON.stringify(bytes.toString('latin1'))} came as ${came}`);
      assert.deepEqual(eventsOf(stream.bytes), eventsOf(bytes), came);
      heard += beats(stream);
    });
  }

  after(() => assert.ok(heard >= 20, `${heard} comments in all: too few to have tried anything (seed ${seed})`));

  /** What the SDK's own parser makes of it. */
  function eventsOf(bytes) {
    const events = [];
    const parser = createParser({ onEvent: (event) => events.push(event), maxBufferSize: undefined });
    // What follows a CR decides what it is.
    parser.feed(`${bytes.toString('latin1')}:\n`);
    return events;
  }
});

test('500 streams are held at once: each gets its comments and its own event, and all are closed at home when their clients leave', async () => {
  const streams = [];
  for (let batch = 0; batch < 10; batch += 1) streams.push(...(await Promise.all(Array.from({ length: 50 }, () => openStream(often)))));
  await inTime(eventually(() => streams.every((stream) => beats(stream) >= 2)), 'two comments for each', 60_000);
  for (const [index, stream] of streams.entries()) stream.home.write(`data: ${index}\n\n`);
  await eventually(() => streams.every((stream, index) => stripped(stream).toString() === `data: ${index}\n\n`), { within: 30_000 });
  for (const { request } of streams) request.socket.resetAndDestroy();
  await eventually(() => streams.every(({ atHome }) => atHome.closed), { within: 30_000 });
});
