// A request whose client has left holds nothing: neither room for messages nor anything else.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

let edge;
let origin;
let token;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url });
  token = (await connect(edge)).tokens.access_token;
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

/** Begins a call without a length, which reserves room for the longest, and resets the connection. */
async function abandon({ finished }) {
  const begun = new Promise((resolve) => {
    const sending = open(edge.mcp, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      write: (request) => {
        request.write('{"jsonrpc":"2.0","id":1,');
        if (finished) request.end('"method":"ping"}');
        resolve(request);
      },
    });
    sending.catch(() => {});
  });
  return begun;
}

for (const finished of [false, true]) {
  test(`calls that are ${finished ? 'waited for' : 'half sent'} when their clients leave give their room back`, async () => {
    const seen = origin.requests.length;
    origin.answer = (response) => response.on('close', () => {});
    const requests = await Promise.all(Array.from({ length: 12 }, () => abandon({ finished })));
    if (finished) await eventually(() => origin.requests.length >= seen + 6);
    else await pause(300);
    for (const request of requests) request.socket?.resetAndDestroy();

    origin.answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    await eventually(async () => {
      const replies = await Promise.all(
        Array.from({ length: 5 }, () => call(edge, token, { headers: { 'transfer-encoding': 'chunked' } })),
      );
      for (const reply of replies) assert.equal(reply.status, 200, reply.text);
    });
  });
}
