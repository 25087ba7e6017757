// What is over leaves nothing in memory: neither requests that were answered, nor streams whose clients are gone. A module's memory
// only grows, so once it has had as much at a time as it ever has, it stays as it is.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { call } from './support/mcp_call.mjs';
import { answerJsonRpc, startOrigin } from './support/origin.mjs';
import { open, send } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const AT_ONCE = 50;
const ROUNDS = 12;
/** The allocator's own grain. */
const SLACK = 65_536;
const wrapping = ['measured_worker.mjs', 'measured_memory.mjs'].map((name) => fileURLToPath(new URL(`support/${name}`, import.meta.url)));

for (const [what, HEARTBEAT_SECONDS] of [['with heartbeats', '1'], ['without heartbeats', '0']]) {
  describe(what, () => {
    let edge;
    let memory;
    let origin;
    let token;
    before(async () => {
      origin = await startOrigin();
      edge = await startEdge({ ORIGIN: origin.url, HEARTBEAT_SECONDS }, { wrapping });
      token = (await connect(edge)).tokens.access_token;
      const control = (await edge.miniflare.unsafeGetDirectURL('gatelodge', 'Control')).origin;
      memory = async () => (await send(control)).json();
    });
    after(async () => {
      await edge.stop();
      await origin.stop();
    });

    async function assertNothingStays(act) {
      for (let round = 0; round < 2; round += 1) await act();
      const before = await memory();
      assert.ok(before > 1_000_000, 'this is the memory of the Worker');
      for (let round = 0; round < ROUNDS; round += 1) await act();
      const grown = (await memory()) - before;
      assert.ok(grown <= SLACK, `${grown} bytes more after ${ROUNDS * AT_ONCE} of them`);
    }

    const atOnce = (act) => Promise.all(Array.from({ length: AT_ONCE }, act));
    const openStream = () => open(edge.mcp, { method: 'GET', headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` } });

    test('streams whose clients are gone leave nothing', async () => {
      origin.answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      await assertNothingStays(async () => {
        origin.requests.length = 0;
        const streams = await atOnce(openStream);
        for (const { request } of streams) request.socket.resetAndDestroy();
        await eventually(() => origin.requests.every(({ closed }) => closed));
      });
    });

    test('streams that home has ended or broken off leave nothing', async () => {
      origin.answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      await assertNothingStays(async () => {
        origin.requests.length = 0;
        const streams = await atOnce(openStream);
        const ends = streams.map(({ response }) => response.resume() && new Promise((ended) => response.once('close', ended)));
        for (const [index, { response }] of origin.requests.entries()) index % 2 ? response.end('data: 1\n\n') : response.destroy();
        await Promise.all(ends);
      });
    });

    test('calls and documents leave nothing', async () => {
      origin.answer = answerJsonRpc;
      await assertNothingStays(async () => {
        await atOnce(async () => assert.equal((await call(edge, token)).status, 200));
        await atOnce(async () => assert.equal((await edge.get('/.well-known/oauth-authorization-server')).status, 200));
      });
    });
  });
}
