// Home at its worst. A client gets home's own word where it is one of MCP's, and else one sentence of the gateway's that says what to mend:
// never what stands in home's place, and never a second call (TR-04, TR-09, TR-13, TR-14, TR-24, TR-44, TR-54).

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { read } from './support/documents.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { GATEWAY_ERRORS, UNTOLD, assertGatewayError } from './support/gateway_errors.mjs';
import { call, PING } from './support/mcp_call.mjs';
import { BEHAVIOURS, startNastyOrigin } from './support/nasty_origin.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

const KEY_OF_HOME = 'the key that home wants';
/** Home's own word, in the place of a sentence of the gateway's. */
const RELAYED = 'as home says';
const OF_ANY_ANSWER = ['cache-control', 'connection', 'content-length', 'date', 'transfer-encoding', 'vary', 'x-content-type-options'];
const METHODS = ['POST', 'GET', 'DELETE'];

// To POST, GET and DELETE; one word stands for all of them.
const ANSWERED = [
  ['hangs up without a byte', 'Unreachable'],
  ['resets the connection', 'Unreachable'],
  ['hangs up in its head', 'Unreachable'],
  ['resets the connection in its head', 'Unreachable'],
  ['speaks another protocol', 'Unreachable'],
  ['answers as a port for TLS does', 'Unreachable'],
  ['has a status line without a status', 'Unreachable'],
  ['has a header without a colon', 'Unreachable'],
  ['says two different lengths', 'Unreachable'],
  ['says a length that is no number', 'Unreachable'],
  ['switches protocols', 'NotMcp'],
  ['hangs up in the page of a 502', 'Down'],
  ['never ends the page of a 502', 'Down'],
  ['has a page of a MiB with a 403', 'Refuses'],
  ['300 with choices', 'NotMcp'],
  ['301 elsewhere', 'Redirects'],
  ['302 to a sign-in', 'Redirects'],
  ['302 to the same with a slash', 'Redirects'],
  ['302 to Access', 'AccessAsks'],
  ['303 to a page', 'Redirects'],
  ['304', 'NotMcp'],
  ['307 to another path', 'Redirects'],
  ['307 to another host', 'Redirects'],
  ['307 without an address', 'Redirects'],
  ['308 with another query', 'Redirects'],
  ['502 of Cloudflare', 'Down'],
  ['502 of Cloudflare, in JSON', 'Down'],
  ['504 of Cloudflare', 'Slow'],
  ['504 of Cloudflare, in JSON', 'Slow'],
  ['520 of Cloudflare', 'Down'],
  ['520 of Cloudflare, in JSON', 'Down'],
  ['521 of Cloudflare', 'Down'],
  ['521 of Cloudflare, in JSON', 'Down'],
  ['521 of Cloudflare, with a ray that has other numbers in it', 'Down'],
  ['522 of Cloudflare', 'Slow'],
  ['522 of Cloudflare, in JSON', 'Slow'],
  ['523 of Cloudflare', 'Down'],
  ['523 of Cloudflare, in JSON', 'Down'],
  ['524 of Cloudflare', 'Slow'],
  ['524 of Cloudflare, in JSON', 'Slow'],
  ['525 of Cloudflare', 'BadCertificate'],
  ['525 of Cloudflare, in JSON', 'BadCertificate'],
  ['526 of Cloudflare', 'BadCertificate'],
  ['526 of Cloudflare, in JSON', 'BadCertificate'],
  ['530 of Cloudflare, a page with 1000', 'Down'],
  ['530 of Cloudflare, a line with 1000', 'Down'],
  ['530 of Cloudflare, JSON with 1000', 'Down'],
  ['530 of Cloudflare, a page with 1016', 'NoSuchName'],
  ['530 of Cloudflare, a line with 1016', 'NoSuchName'],
  ['530 of Cloudflare, JSON with 1016', 'NoSuchName'],
  ['530 of Cloudflare, a page with 1033', 'TunnelDown'],
  ['530 of Cloudflare, a line with 1033', 'TunnelDown'],
  ['530 of Cloudflare, JSON with 1033', 'TunnelDown'],
  ['502 of a proxy', 'Down'],
  ['502 without a body', 'Down'],
  ['503 of a proxy', 'Unavailable'],
  ['504 of a proxy', 'Slow'],
  ['a status of 600', 'Down'],
  ['a status of 999', 'Down'],
  ['401 with a Bearer challenge', 'Refuses'],
  ['401 with a Basic challenge', 'WantsPassword'],
  ['401 with two challenges', 'WantsPassword'],
  ['401 without a challenge', 'Refuses'],
  ['403 of a proxy', 'Refuses'],
  ['403 for want of scope', 'Refuses'],
  ["403 as of the TypeScript SDK's guard", 'RefusesName'],
  ["403 as of the Python SDK's guard", 'RefusesName'],
  ['407', 'Refuses'],
  ["421 as of the Python SDK's guard", 'RefusesName'],
  ['200 with a page', 'NotMcp', 'NoStream', 'NotMcp'],
  ['200 with text', 'NotMcp', 'NoStream', RELAYED],
  ['400 with a page', 'NotMcp', 'NoStream', 'NotMcp'],
  ['404 with a page', 'NotMcp', 'NoStream', 'NotMcp'],
  ['404 with text', 'Missing', 'NoStream', RELAYED],
  ['404 without a body', 'Missing', 'NoStream', RELAYED],
  ['408 with a page', 'Unavailable', 'NoStream', 'Unavailable'],
  ['413 with a page', 'TooLarge', 'NoStream', 'TooLarge'],
  ['429 with a page', 'Unavailable', 'NoStream', 'Unavailable'],
  ['500 with a page', 'NotMcp'],
  ['400 with a drawing', 'NotMcp', 'NoStream', 'NotMcp'],
  ['500 with XHTML', 'NotMcp'],
  ['500 with a page behind a comma', 'NotMcp'],
  ['200 without a body', 'Empty', 'NoStream', RELAYED],
  ['200 without a body, as JSON', 'Empty', 'NoStream', RELAYED],
  ['202', RELAYED, 'NoStream', RELAYED],
  ['204', RELAYED, 'NoStream', RELAYED],
  ['205', RELAYED, 'NoStream', RELAYED],
  ['200 with a result', RELAYED, 'NoStream', RELAYED],
  ['200 with a result whose type is said twice', RELAYED, 'NoStream', RELAYED],
  ['says 100, then its result', RELAYED, 'NoStream', RELAYED],
  ['says 103, then its result', RELAYED, 'NoStream', RELAYED],
  ['says its result below 300 KB of headers', RELAYED, 'NoStream', RELAYED],
  ['200 with a result in gzip, which nobody asked for', RELAYED, 'NoStream', RELAYED],
  ['400 in JSON-RPC', RELAYED, 'NoStream', RELAYED],
  ['404 in JSON-RPC', RELAYED, 'NoStream', RELAYED],
  ['405 without a body', RELAYED, 'NoStream', RELAYED],
  ['406 in JSON-RPC', RELAYED, 'NoStream', RELAYED],
  ['406 in words', RELAYED, 'NoStream', RELAYED],
  ['429 in JSON-RPC', RELAYED, 'NoStream', RELAYED],
  ['500 in JSON-RPC', RELAYED],
  ['500 in words', RELAYED],
  ['503 in JSON-RPC', RELAYED],
];

let origin;
let edge;
let token;
let untold;
before(async () => {
  origin = await startNastyOrigin();
  const ORIGIN_HEADERS = JSON.stringify({ '/mcp': { 'X-Key': KEY_OF_HOME } });
  edge = await startEdge({ ORIGIN: origin.url, ORIGIN_HEADERS });
  token = await connected(edge);
  untold = [String(origin.port), KEY_OF_HOME, token];
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  edge.log.length = 0;
});

describe('one call, one answer', () => {
  for (const [behaviour, toPost, toGet = toPost, toDelete = toPost] of ANSWERED) {
    const outcomes = [toPost, toGet, toDelete];
    test(`home ${behaviour}: ${[...new Set(outcomes)].join(', ')}`, async () => {
      origin.behave(behaviour);
      const replies = await Promise.all(METHODS.map((method) => inTime(call(edge, token, { method }), `${method}: an answer`)));
      assert.deepEqual(origin.calls.map(({ method }) => method).sort(), METHODS.toSorted(), 'home is asked once');
      for (const [at, reply] of replies.entries()) {
        if (outcomes[at] === RELAYED) assertRelayed(reply, BEHAVIOURS[behaviour]);
        else await assertGatewayError(edge, reply, outcomes[at], untold);
      }
    });
  }

  test('each sentence about home has a behaviour that brings it about', () => {
    const told = new Set(ANSWERED.flatMap(([, ...outcomes]) => outcomes));
    assert.deepEqual([...told].sort(), [RELAYED, ...Object.keys(GATEWAY_ERRORS)].sort());
    const [words] = read('src/mcp/home_failure.rs').split('#[cfg(test)]')[0].match(/fn words[\s\S]*/);
    const known = Object.values(GATEWAY_ERRORS).map(({ sentence }) => sentence);
    for (const [, sentence] of words.matchAll(/"([^"]+)"/g)) assert.ok(known.includes(sentence), sentence);
  });
});

describe('to a message that wants no answer', () => {
  const NOTIFICATION = { jsonrpc: '2.0', method: 'notifications/initialized' };
  const RESPONSE = { jsonrpc: '2.0', id: 'of-home', result: {} };
  const MESSAGES = [
    ['a notification', NOTIFICATION],
    ['a response', RESPONSE],
    ['an error', { jsonrpc: '2.0', id: 7, error: { code: -1, message: 'no' } }],
    ['a batch of both', [NOTIFICATION, RESPONSE, NOTIFICATION]],
  ];
  const SILENCE = ['200 without a body', '200 without a body, as JSON', '200 with text', '200 with a page', '202'];
  for (const [what, message] of MESSAGES) {
    test(`any success is 202 without a body: ${what} (TR-04)`, async () => {
      for (const behaviour of SILENCE) {
        origin.behave(behaviour);
        const reply = await call(edge, token, { message });
        assert.equal(reply.status, 202, `${behaviour}: ${reply.text}`);
        assert.equal(reply.bytes.length, 0);
        assert.equal(reply.headers['content-type'], undefined);
        assert.deepEqual(origin.calls.map(({ body }) => JSON.parse(body)), [message]);
      }
    });
  }

  test('any success is 202 on an open mount, too (TR-04)', async () => {
    const open = await startEdge({ ORIGIN: undefined, MOUNTS: JSON.stringify([{ path: '/mcp', auth: 'open', origin: origin.url }]) });
    try {
      for (const behaviour of SILENCE) {
        origin.behave(behaviour);
        assert.equal((await call(open, undefined, { message: NOTIFICATION })).status, 202, behaviour);
      }
    } finally {
      await open.stop();
    }
  });

  const WANTING = [
    ['a batch with a request in it', { message: [NOTIFICATION, PING] }],
    ['what is too long to be looked into', { message: { ...NOTIFICATION, params: { text: 'x'.repeat(70_000) } } }],
    ['what cannot be read', { message: undefined, body: '{"jsonrpc' }],
  ];
  for (const [what, options] of WANTING) {
    test(`but no success without an answer is one to ${what}`, async () => {
      for (const [behaviour, failure] of [['200 without a body', 'Empty'], ['200 with a page', 'NotMcp']]) {
        origin.behave(behaviour);
        await assertGatewayError(edge, await call(edge, token, options), failure, untold);
        assert.equal(origin.calls.length, 1);
      }
    });
  }
});

test('404 is home\'s own word in a session: it is over', async () => {
  origin.behave('200 with a result and a session');
  const session = (await call(edge, token)).headers['mcp-session-id'];
  for (const behaviour of ['404 in JSON-RPC', '404 with text', '404 without a body']) {
    for (const method of METHODS) {
      origin.behave(behaviour);
      const reply = await call(edge, token, { method, headers: { 'mcp-session-id': session } });
      assertRelayed(reply, BEHAVIOURS[behaviour]);
      assert.deepEqual(origin.calls.map(({ headers }) => headers['mcp-session-id']), ['abc']);
    }
  }
});

test('a page with 404 is not: something on the way has answered', async () => {
  origin.behave('200 with a result and a session');
  const session = (await call(edge, token)).headers['mcp-session-id'];
  for (const method of METHODS) {
    origin.behave('404 with a page');
    await assertGatewayError(edge, await call(edge, token, { method, headers: { 'mcp-session-id': session } }), 'NotMcp', untold);
  }
});

test('of a type that is said twice only the one that was judged is told, so that no browser believes the other', async () => {
  const home = await startOrigin();
  const open = await startEdge({ ORIGIN: home.url, MOUNTS: '[{"auth": "open"}]' });
  try {
    for (const [method, said, expected] of [
      ['POST', 'application/json, text/html', 'application/json'],
      ['GET', 'text/event-stream, text/javascript', 'text/event-stream'],
      ['GET', ['text/event-stream', 'text/html'], 'text/event-stream'],
    ]) {
      home.answer = (response) => response.writeHead(200, { 'content-type': said }).end('alert(1)');
      const reply = await call(open, undefined, { method });
      assert.equal(reply.status, 200);
      assert.equal(reply.headers['content-type'], expected);
      assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    }
  } finally {
    await open.stop();
    await home.stop();
  }
});

describe('a home that takes too long', () => {
  let hasty;
  let hastyToken;
  before(async () => {
    hasty = await startEdge({ ORIGIN: origin.url, ORIGIN_SECONDS: '1' });
    hastyToken = await connected(hasty);
  });
  after(() => hasty.stop());

  for (const behaviour of ['never answers', 'is slow with its head']) {
    test(`${behaviour}: it is given up, and is not asked again`, async () => {
      origin.behave(behaviour);
      const replies = await Promise.all(METHODS.map((method) => call(hasty, hastyToken, { method })));
      for (const reply of replies) await assertGatewayError(hasty, reply, 'Slow', [String(origin.port), hastyToken]);
      await eventually(() => origin.calls.every(({ closed }) => closed));
      assert.deepEqual(origin.calls.map(({ method }) => method).sort(), METHODS.toSorted());
    });
  }
});

test('nobody sees any of it who has no token, or whose page may not call', async () => {
  for (const behaviour of Object.keys(BEHAVIOURS)) {
    origin.behave(behaviour);
    const [stranger, page] = await Promise.all([
      call(edge, undefined),
      call(edge, token, { headers: { origin: 'https://evil.example' } }),
    ]);
    assert.equal(stranger.status, 401, behaviour);
    assert.match(stranger.headers['www-authenticate'], /^Bearer resource_metadata="/);
    assert.equal(page.status, 403, behaviour);
    assert.deepEqual(origin.calls, [], behaviour);
  }
});

/** A token whose first call, which has a line of its own in the log, is made. */
async function connected(to) {
  origin.behave('202');
  const { access_token } = (await connect(to)).tokens;
  await call(to, access_token);
  await eventually(() => to.log.some((line) => line.includes('first_call')));
  return access_token;
}

/** What is passed on is home's to the byte, with the headers that are MCP's and no other. */
function assertRelayed(reply, said) {
  const { status, headers, body } = typeof said === 'function' ? BEHAVIOURS['200 with a result'] : said;
  assert.equal(reply.status, status, reply.text);
  // The platform undoes an encoding, or leaves it to the client.
  const plain = (bytes, encoding) => (encoding ? gunzipSync(bytes) : bytes);
  const expected = plain(body, headers['Content-Encoding']);
  assert.ok(plain(reply.bytes, reply.headers['content-encoding']).equals(expected), reply.text);
  for (const name of ['Allow', 'Content-Type', 'Retry-After']) assert.equal(reply.headers[name.toLowerCase()], [headers[name] ?? []].flat()[0], name);
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.equal(reply.headers['x-content-type-options'], 'nosniff');
  const passed = Object.keys(reply.headers).filter((name) => !OF_ANY_ANSWER.includes(name));
  const may = ['allow', 'content-type', 'retry-after', 'content-encoding', 'mcp-session-id'];
  assert.deepEqual(passed.filter((name) => !may.includes(name)), []);
  const told = `${JSON.stringify(reply.headers)}\n${edge.log.join('\n')}`;
  for (const word of [...UNTOLD, ...untold]) assert.ok(!told.includes(word), `${word} is told: ${told}`);
}
