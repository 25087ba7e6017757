// A real silence of 150 seconds, with the defaults, behind a stand-in for what cuts streams on the Internet: whoever sends the client nothing for 100
// seconds loses his connection. It is no part of `npm test`; run it with `npm test -- --only long`.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { layCable } from '../support/cable.mjs';
import { startEdge } from '../support/edge.mjs';
import { eventually, passes } from '../support/eventually.mjs';
import { PING } from '../support/mcp_call.mjs';
import { startOrigin } from '../support/origin.mjs';
import { open } from '../support/send.mjs';
import { connect } from '../support/sign_in.mjs';

const PATIENCE = 100_000;
const HEARTBEAT = ': gatelodge\n\n';

const opened = [];
let origin;
before(async () => {
  origin = await startOrigin((response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders());
});
after(async () => {
  for (const end of opened) await end();
  await origin.stop();
});

/** A silent stream through an impatient network. */
async function silentStream(method, vars) {
  const edge = await startEdge({ ORIGIN: origin.url, ...vars });
  const cable = await layCable(new URL(edge.url).port, { patience: PATIENCE });
  opened.push(() => cable.stop(), () => edge.stop());
  const { tokens } = await connect(edge);
  const before = origin.requests.length;
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${tokens.access_token}`, host: new URL(edge.url).host };
  const { response } = await open(`${cable.url}/mcp`, { method, headers, ...(method === 'POST' && { json: PING }) });
  assert.equal(response.statusCode, 200);
  const stream = { home: origin.requests[before].response, text: '', end: 'none' };
  response.setEncoding('utf8');
  response.on('data', (text) => (stream.text += text));
  response.on('end', () => (stream.end = 'proper'));
  response.on('error', () => (stream.end = 'broken'));
  return stream;
}

describe('a stream that is silent for 150 seconds', () => {
  test('is there with heartbeats, for GET and POST, and is cut without', { timeout: 280_000 }, async () => {
    const [get, post, silent] = [await silentStream('GET', {}), await silentStream('POST', {}), await silentStream('GET', { HEARTBEAT_SECONDS: '0' })];
    await passes(150);
    assert.equal(silent.end, 'broken', 'the network cuts what is silent');
    assert.equal(silent.text, '');
    for (const stream of [get, post]) {
      assert.equal(stream.end, 'none');
      assert.ok(stream.text.split(HEARTBEAT).length - 1 >= 5, JSON.stringify(stream.text));
      stream.home.write('data: after a long time\n\n');
      await eventually(() => stream.text.replaceAll(HEARTBEAT, '') === 'data: after a long time\n\n');
    }
  });
});
