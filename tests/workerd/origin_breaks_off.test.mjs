// An answer of home's that breaks off is no answer: a client gets what there was of it, and then an end that is none. Nothing is made up
// (TR-09, TR-10).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { inTime } from './support/eventually.mjs';
import { PING } from './support/mcp_call.mjs';
import { BEGUN, EVENT } from './support/nasty_connections.mjs';
import { startNastyOrigin } from './support/nasty_origin.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

let origin;
let edge;
let token;
before(async () => {
  origin = await startNastyOrigin();
  edge = await startEdge({ ORIGIN: origin.url });
  token = (await connect(edge)).tokens.access_token;
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

const BODIES = ['hangs up in its body', 'resets the connection in its body', 'hangs up between two chunks', 'has a chunk that is none'];
const STREAMS = [
  ['dies in an event', EVENT + EVENT.slice(0, 30), false],
  ['dies between events', EVENT, false],
  ['resets a stream between events', EVENT, false],
  ['ends a stream', EVENT + EVENT, true],
  ['ends a stream by hanging up, as HTTP/1.0 does', EVENT + EVENT, true],
];
const CASES = [
  ...BODIES.map((behaviour) => [behaviour, ['POST', 'DELETE'], BEGUN, false]),
  ...STREAMS.map(([behaviour, ...expected]) => [behaviour, ['POST', 'GET'], ...expected]),
];
for (const [behaviour, methods, text, isWhole] of CASES) {
  test(`home ${behaviour}: ${isWhole ? 'a proper end' : 'an end that is none'}`, async () => {
    for (const method of methods) {
      origin.behave(behaviour);
      assert.deepEqual(await inTime(listen(method), `${method}: an end`), { status: 200, text, isWhole });
      assert.deepEqual(origin.calls.map((one) => one.method), [method], 'home is asked once');
    }
  });
}

/** What the client has when there is no more. */
async function listen(method) {
  const headers = { accept: 'application/json, text/event-stream', authorization: `Bearer ${token}` };
  const { response } = await open(edge.mcp, { method, headers, ...(method === 'POST' && { json: PING }) });
  const chunks = [];
  let isWhole = true;
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (failure) {
    assert.equal(failure.code, 'ECONNRESET');
    isWhole = false;
  }
  return { status: response.statusCode, text: String(Buffer.concat(chunks)), isWhole };
}
