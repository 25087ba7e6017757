// Where home holds back even the head of its answer, the edge opens the stream in its place, if the owner wants that: never before twenty
// seconds, only for a client that takes a stream, and not for the first message of all. What home then says goes into it, or breaks it off.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { startEdge } from './support/edge.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { PING } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const HEARTBEAT = ': gatelodge\n\n';
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM = { 'content-type': 'text/event-stream' };
const RESULT = '{"jsonrpc":"2.0","id":1,"result":{}}';
/** Its earliest moment, and a machine that is busy. */
const [EARLIEST, LATEST] = [20_000, 25_900];

let early;
let origin;
let plain;
let token;
before(async () => {
  origin = await startOrigin();
  // Each call says itself what it gets, and when.
  origin.answer = async (response, { headers }) => {
    const { after: delay, status = 200, head = JSON_TYPE, body = RESULT, pieces = [], between } = orders.get(headers['last-event-id']);
    await pause(delay);
    if (response.destroyed) return;
    response.writeHead(status, head);
    if (pieces.length > 0) response.flushHeaders();
    for (const piece of pieces) {
      await pause(between);
      response.write(piece);
    }
    response.end(pieces.length > 0 ? undefined : body);
  };
  early = await startEdge({ ORIGIN: origin.url, EARLY_STREAM_SECONDS: '20', HEARTBEAT_SECONDS: '2', ORIGIN_SECONDS: '40' });
  plain = await startEdge({ ORIGIN: origin.url });
  token = { early: (await connect(early)).tokens.access_token, plain: (await connect(plain)).tokens.access_token };
});
after(() => Promise.all([early.stop(), plain.stop(), origin.stop()]));

const orders = new Map();

/** A call with what home is to do about it; `head` is there once the answer's head is in. */
async function asked(order, { edge = early, method = 'POST', headers = {} } = {}) {
  const id = randomUUID();
  orders.set(id, order);
  const sent = {
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${edge === early ? token.early : token.plain}`,
    'last-event-id': id,
    'mcp-protocol-version': '2025-11-25',
    ...headers,
  };
  const began = Date.now();
  const { request, response } = await open(edge.mcp, { method, headers: sent, ...(method === 'POST' && { json: PING }) });
  const answer = { request, response, took: Date.now() - began, text: '', end: 'none' };
  answer.atHome = origin.requests.find((request) => request.headers['last-event-id'] === id);
  response.setEncoding('utf8');
  response.on('data', (text) => (answer.text += text));
  response.on('end', () => (answer.end = 'proper'));
  response.on('error', () => (answer.end = 'broken'));
  answer.over = () => inTime(eventually(() => answer.end !== 'none', { within: 60_000 }), 'the end', 60_000);
  return answer;
}

const told = ({ text }) => text.replaceAll(HEARTBEAT, '');

function assertOpenedEarly({ response, took, text }) {
  assert.ok(took >= EARLIEST && took <= LATEST, `after ${took} ms`);
  assert.equal(response.statusCode, 200);
  assert.equal(response.headers['content-type'], 'text/event-stream');
  assert.equal(response.headers['cache-control'], 'no-cache, no-transform');
  assert.equal(response.headers['x-accel-buffering'], 'no');
  assert.equal(response.headers['content-length'], undefined);
  return text;
}

describe('the stream is opened early, and', { concurrency: true }, () => {
  const TOLD = [
    ['JSON becomes one event', {}, `event: message\ndata: ${RESULT}\n\n`],
    ['JSON of several lines becomes one event', { body: '{"a":\r\n1,\n"b":\r2}' }, 'event: message\ndata: {"a":\ndata: 1,\ndata: "b":\ndata: 2}\n\n'],
    ['a stream goes on as it is', { head: STREAM, body: ': hi\r\n\r\nid: 1\ndata: 1\n\n' }, ': hi\r\n\r\nid: 1\ndata: 1\n\n'],
    ['a 202 ends it', { status: 202, head: {}, body: '' }, ''],
  ];
  for (const [what, order, expected] of TOLD) {
    test(`${what}`, async () => {
      const answer = await asked({ after: 26_000, ...order });
      assertOpenedEarly(answer);
      await answer.over();
      assert.equal(answer.end, 'proper');
      assert.ok(answer.text.startsWith(HEARTBEAT), answer.text);
      assert.equal(told(answer), expected);
      assert.equal(origin.requests.filter(({ headers }) => headers['last-event-id'] === answer.atHome.headers['last-event-id']).length, 1, 'one call (TR-09)');
    });
  }

  test('comments keep it alive while home says nothing', async () => {
    const answer = await asked({ after: 30_000 });
    assertOpenedEarly(answer);
    await answer.over();
    const beats = answer.text.split(HEARTBEAT).length - 1;
    assert.ok(beats >= 3, answer.text);
    assert.equal(told(answer), `event: message\ndata: ${RESULT}\n\n`);
  });

  test('no comment comes between the pieces of an answer that is one event', async () => {
    const answer = await asked({ after: 24_000, pieces: ['{"jsonrpc":"2.0",', '"id":1,"result":{}}'], between: 5_000 });
    assertOpenedEarly(answer);
    await answer.over();
    assert.ok(answer.text.endsWith(`event: message\ndata: ${RESULT}\n\n`), answer.text);
  });

  test('GET gets it, too', async () => {
    const answer = await asked({ after: 26_000, head: STREAM, body: 'data: 1\n\n' }, { method: 'GET' });
    assertOpenedEarly(answer);
    await answer.over();
    assert.equal(told(answer), 'data: 1\n\n');
  });

  const UNTOLD = [
    ['an error of home', { status: 400, body: '{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"x"}}' }, ': 400 came too late'],
    ['a session that is over', { status: 404 }, ': 404 came too late'],
    ['no stream on GET', { status: 405, head: {}, body: '' }, ': 405 came too late', 'GET'],
    ['a failure of home', { status: 502, head: { 'content-type': 'text/html' }, body: '<h1>No</h1>' }, ': 502 came too late: {"error":'],
    ['an answer that opens a session', { head: { ...JSON_TYPE, 'mcp-session-id': 'new' } }, ': 200 came too late'],
  ];
  for (const [what, order, expected, method = 'POST'] of UNTOLD) {
    test(`${what} breaks it off, with a comment that says so`, async () => {
      const answer = await asked({ after: 26_000, ...order }, { method });
      assertOpenedEarly(answer);
      await answer.over();
      assert.equal(answer.end, 'broken', 'a client must not take it for an answer (TR-10)');
      assert.ok(told(answer).startsWith(expected), answer.text);
      assert.doesNotMatch(told(answer), /^data/m);
    });
  }

  test('a failure that comes late is on record under the name that the comment has', async () => {
    const answer = await asked({ after: 60_000 });
    assertOpenedEarly(answer);
    await answer.over();
    assert.equal(answer.end, 'broken');
    const { error } = JSON.parse(told(answer).slice(': 504 came too late: '.length));
    assert.match(error.message, /^The home server did not answer in time\./);
    assert.ok(early.log.some((line) => line.includes('"step":"origin_failed"') && line.includes(error.data.request_id)));
  });

  test('a client that leaves is gone at home within a second', async () => {
    const answer = await asked({ after: 60_000 });
    assertOpenedEarly(answer);
    answer.request.socket.resetAndDestroy();
    await eventually(() => answer.atHome.closed, { within: 1_000 });
  });

  test('a page may read it', async () => {
    const answer = await asked({ after: 26_000 }, { headers: { origin: 'https://claude.ai' } });
    assertOpenedEarly(answer);
    assert.equal(answer.response.headers['access-control-allow-origin'], 'https://claude.ai');
    await answer.over();
  });
});

describe('the answer is waited for', { concurrency: true }, () => {
  const WAITED_FOR = [
    ['by default', { after: 24_000 }, { edge: 'plain' }],
    ['for a client that takes no stream', { after: 24_000 }, { headers: { accept: 'application/json' } }],
    ['for the first message of all, whose answer may open a session', { after: 24_000, head: { ...JSON_TYPE, 'mcp-session-id': 's' } }, { headers: { 'mcp-protocol-version': undefined } }],
    ['when home answers before', { after: 15_000 }, {}],
  ];
  for (const [what, order, { edge, ...options }] of WAITED_FOR) {
    test(what, async () => {
      const answer = await asked(order, { ...options, edge: edge === 'plain' ? plain : early });
      await answer.over();
      assert.ok(answer.took >= order.after, `${answer.took} ms`);
      assert.equal(answer.response.headers['content-type'], 'application/json');
      assert.equal(answer.text, RESULT);
      if (order.head) assert.match(answer.response.headers['mcp-session-id'], /^s\./);
    });
  }

  test('and so is an error, with its own status', async () => {
    const answer = await asked({ after: 15_000, status: 404 }, {});
    await answer.over();
    assert.equal(answer.response.statusCode, 404);
  });
});
