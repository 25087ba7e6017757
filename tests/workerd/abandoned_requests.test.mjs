// A request whose client has left holds nothing: neither room for messages nor anything else.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually } from './support/eventually.mjs';
import { call } from './support/mcp_call.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const { edge, origin } = await edgeAndHome();
const token = (await connect(edge)).tokens.access_token;

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

test('calls that wait at home keep no more room than their messages need, though they did not say their length', async () => {
  let waiting = 0;
  const answered = [];
  origin.answer = (response) => {
    waiting += 1;
    answered.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  };
  const chunked = () => call(edge, token, { headers: { 'transfer-encoding': 'chunked' } });
  const replies = [];
  // Each could have been of four megabytes, and there is room for six of those.
  for (let number = 1; number <= 20; number += 1) {
    replies.push(chunked());
    await eventually(() => waiting === number);
  }
  for (const answer of answered) answer();
  for (const reply of await Promise.all(replies)) assert.equal(reply.status, 200, reply.text);
});

for (const finished of [false, true]) {
  test(`calls that are ${finished ? 'waited for' : 'half sent'} when their clients leave give their room back`, async () => {
    origin.answer = (response) => response.on('close', () => {});
    const requests = await Promise.all(Array.from({ length: 12 }, () => abandon({ finished })));
    if (finished) await eventually(() => origin.requests.length >= 6);
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
