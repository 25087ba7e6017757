// Home is not always there. A client must not take that for a missing session, an old protocol or a lost token, and
// must find its connection as it was (TR-09, TR-13, TR-54).

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { call } from './support/mcp_call.mjs';
import { answerJsonRpc } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

const { edge, origin } = await edgeAndHome();
const token = (await connect(edge)).tokens.access_token;
afterEach(() => {
  origin.answer = answerJsonRpc;
});

function assertAway(reply) {
  assert.ok([502, 503, 504].includes(reply.status), `HTTP ${reply.status} ${reply.text}`);
  const body = reply.json();
  assert.equal(body.jsonrpc, '2.0');
  assert.equal(typeof body.error.message, 'string');
  assert.ok(Number.isInteger(body.error.code));
  assert.ok(body.error.code > -32020 || body.error.code < -32099, 'the specification keeps that range for itself');
  assert.match(reply.headers['retry-after'], /^[1-9]\d*$/);
  assert.doesNotMatch(reply.text, /127\.0\.0\.1|localhost/, 'where home is remains untold');
}

test('home hangs up without an answer: 502, and the call is not repeated (TR-09)', async () => {
  origin.answer = (response) => response.destroy();
  for (const method of ['POST', 'GET', 'DELETE']) {
    origin.requests.length = 0;
    assertAway(await call(edge, token, { method }));
    assert.equal(origin.requests.length, 1, method);
  }
});

const HTML = { 'content-type': 'text/html' };
const UNFIT = [
  ["a proxy's own page", 502, HTML, 502],
  ['a proxy that is busy', 503, HTML, 502],
  ['a tunnel that is down', 530, HTML, 502],
  ['a connection that is refused', 521, HTML, 502],
  ['a proxy that waited in vain', 504, HTML, 504],
  ['an edge that waited in vain', 524, HTML, 504],
  ['a status that is none', 600, {}, 502],
  ['a status that is none', 999, {}, 502],
];
for (const [what, status, headers, expected] of UNFIT) {
  test(`home answers with ${what} (${status}): ${expected}, in MCP's words`, async () => {
    origin.answer = (response) => response.writeHead(status, headers).end('<h1>No</h1>');
    for (const method of ['POST', 'GET', 'DELETE']) {
      const reply = await call(edge, token, { method });
      assert.equal(reply.status, expected, `${method}: ${reply.text}`);
      assertAway(reply);
    }
  });
}

test('home is switched off: an error with Retry-After; switched on again: as before', async () => {
  const { port } = origin;
  await origin.stop();
  for (const method of ['POST', 'GET', 'DELETE']) assertAway(await call(edge, token, { method }));
  assertAway(await call(edge, token, { headers: { origin: 'https://claude.ai' } }));
  assert.equal((await call(edge, undefined)).status, 401);

  await origin.listen(port);
  assert.equal((await call(edge, token)).status, 200);
});
