// A request is judged by when its body was there, and an admitted call cannot be kept half sent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { eventually, inTime, passes } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted } from './support/expect.mjs';
import { PING } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { open } from './support/send.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const MIB = 1024 * 1024;

let edge;
let origin;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url, CODE_SECONDS: '3', GRANT_CACHE_SECONDS: '1' });
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

/** Sends all but the last byte, and the rest once `meanwhile` is over. */
async function sendSlowly(url, { body, headers, meanwhile }) {
  const { response } = await open(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    write: async (request) => {
      request.write(body.slice(0, -1));
      await meanwhile();
      request.end(body.slice(-1));
    },
  });
  const text = Buffer.concat(await Array.fromAsync(response)).toString();
  return { status: response.statusCode, text };
}

test('a code that expires while the form is on its way is expired', async () => {
  const { client, code, verifier, redirectUri } = await obtainCode(edge);
  const reply = await sendSlowly(`${edge.url}/token`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client.id,
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }).toString(),
    meanwhile: () => passes(4),
  });
  assert.equal(reply.status, 400, reply.text);
  assert.equal(JSON.parse(reply.text).error, 'invalid_grant');
});

test('a call that was half sent when its grant was revoked does not reach home', async () => {
  const { client, tokens } = await connect(edge);
  await assertAdmitted(edge, tokens.access_token);
  const reply = await sendSlowly(edge.mcp, {
    headers: { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify(PING),
    meanwhile: async () => {
      assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
      await eventually(() => assertNotAdmitted(edge, tokens.access_token));
      origin.requests.length = 0;
    },
  });
  assert.equal(reply.status, 401, reply.text);
  assert.deepEqual(origin.requests, []);
});

test('a message that streams is given up when it is not there in ten times GRANT_CACHE_SECONDS', async () => {
  const { tokens } = await connect(edge);
  const sending = open(edge.mcp, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.access_token}`, 'content-length': 5 * MIB },
    write: (request) => request.write(Buffer.alloc(5 * MIB - 1, ' ')),
  });
  const { request, response } = await inTime(sending, 'the answer', 20_000);
  const text = Buffer.concat(await Array.fromAsync(response)).toString();
  request.destroy();
  assert.equal(response.statusCode, 503, text);
  assert.match(JSON.parse(text).error.message, /Send it again/);
});
