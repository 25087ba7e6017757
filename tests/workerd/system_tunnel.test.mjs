// A server behind a tunnel: its sign-in completed, and then its client never called. The scopes had a blank at their
// end, half of the documents were missing, and something on the way held streams back.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { assertJson } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';
import { MemoryProvider } from './support/sdk_provider.mjs';
import { mcpServer } from './support/sdk_server.mjs';
import { signInSdk } from './support/sdk_sign_in.mjs';
import { open, send } from './support/send.mjs';
import { connect, decide, enter, obtainCode } from './support/sign_in.mjs';

const SERVER = '/.well-known/oauth-authorization-server';
const RESOURCE = '/.well-known/oauth-protected-resource';
/** The call that never came: 142 bytes, with the JSON-RPC id 1. */
const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",' +
  '"capabilities":{},"clientInfo":{"name":"claude-code"}}}';
const ANSWER = 'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';

let edge;
let origin;
/** It gets its tokens and makes no call, as the client of the report. */
let silent;

before(async () => {
  origin = await startOrigin(tunnelled());
  edge = await startEdge({ ORIGIN: origin.url, SCOPES: '["claudeai"]' });
  ({ client: silent } = await connect(edge, { client: await Client.register(edge, { client_name: 'Silent' }) }));
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
  origin.answer = tunnelled();
});

/** What the server said of itself before, wrong scopes and missing documents included. */
function tunnelled() {
  const mcp = mcpServer({ add: ({ a, b }) => String(a + b) });
  const wrong = JSON.stringify({ issuer: 'http://127.0.0.1', scopes_supported: ['claudeai', ''] });
  return (response, received) => {
    if (received.url === '/mcp') return mcp(response, received);
    const known = [SERVER, RESOURCE].includes(received.url);
    return response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end(known ? wrong : '{}');
  };
}

test('without the edge, a scope was empty and the suffixed documents were missing', async () => {
  const at = (path) => send(new URL(path, origin.url).href);
  assert.deepEqual((await at(SERVER)).json().scopes_supported, ['claudeai', '']);
  for (const path of [`${SERVER}/mcp`, `${RESOURCE}/mcp`]) assert.equal((await at(path)).status, 404);
});

describe('the four documents', () => {
  test('have the scope as configured', async () => {
    for (const path of [RESOURCE, `${RESOURCE}/mcp`]) {
      assert.deepEqual(assertJson(await edge.get(path), 200).scopes_supported, ['claudeai']);
    }
    for (const path of [SERVER, `${SERVER}/mcp`]) {
      const { scopes_supported: scopes } = assertJson(await edge.get(path), 200);
      assert.deepEqual(
        scopes.filter((scope) => scope !== 'offline_access'),
        ['claudeai'],
      );
    }
  });

  test("of the server are the same bytes, of the resource but for the resource's name", async () => {
    const [root, suffixed] = [await edge.get(SERVER), await edge.get(`${SERVER}/mcp`)];
    assert.deepEqual(suffixed.bytes, root.bytes);
    const { resource, ...bare } = assertJson(await edge.get(RESOURCE), 200);
    assert.deepEqual(assertJson(await edge.get(`${RESOURCE}/mcp`), 200), { ...bare, resource: edge.mcp });
    assert.equal(resource, `${edge.url}/`);
    assert.deepEqual(origin.requests, []);
  });
});

for (const scopes of ['["claudeai",""]', '["claudeai "]', '[" claudeai"]', '["claude ai"]']) {
  test(`the configured scopes ${scopes} are refused, by the key's name`, async () => {
    for (const [key, value] of [
      ['SCOPES', scopes],
      ['MOUNTS', `[{"path":"/mcp","scopes":${scopes}}]`],
    ]) {
      const wrong = await startEdge({ [key]: value });
      try {
        const { problems } = assertJson(await wrong.get(SERVER), 503);
        assert.deepEqual(
          problems.map((problem) => problem.key),
          [key],
        );
        assert.match(problems[0].problem, /scope/);
      } finally {
        await wrong.stop();
      }
    }
  });
}

const ASKED = ['claudeai+', '+claudeai', 'claudeai++claudeai', 'claudeai%20', '', undefined];
for (const asked of ASKED) {
  test(`scope=${asked} in the query is granted as "claudeai", and so after a refresh (AS-85)`, async () => {
    const client = await Client.register(edge);
    const { url, verifier } = withScope(client, asked);
    const callback = await decide(new Browser(), url);
    const tokens = assertJson(await client.redeem(callback.searchParams.get('code'), verifier), 200);
    assert.equal(tokens.scope, 'claudeai');
    const refreshed = assertJson(await client.refresh(tokens.refresh_token), 200);
    assert.equal(refreshed.scope, 'claudeai');
  });
}

/** An authorization request with the scope as these bytes, or without. */
function withScope(client, bytes) {
  const request = client.authorization({ scope: undefined });
  return bytes === undefined ? request : { ...request, url: `${request.url}&scope=${bytes}` };
}

test('a stream says what keeps proxies from holding it back (TR-06, TR-07)', async () => {
  const { tokens } = await connect(edge);
  origin.answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(ANSWER);
  for (const method of ['POST', 'GET']) {
    const { response } = await initialize(tokens, { method, body: method === 'POST' ? INITIALIZE : undefined });
    assert.match(response.headers['content-type'], /^text\/event-stream\b/);
    assert.equal(response.headers['cache-control'], 'no-cache, no-transform');
    assert.equal(response.headers['x-accel-buffering'], 'no');
    assert.equal(response.headers['content-length'], undefined);
    assert.equal(response.headers['content-encoding'], undefined);
    response.destroy();
  }
});

/** What the log says of a client: its name there is a digest. */
function stepsOf(client) {
  const digest = createHash('sha256').update(client.id).digest('base64url');
  const lines = edge.log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return lines.filter((line) => line.client === digest).map(({ step }) => step);
}

function assertSteps(client, steps) {
  return eventually(() => assert.deepEqual(stepsOf(client), steps));
}

function initialize(tokens, options = {}) {
  return open(edge.url, {
    method: 'POST',
    body: INITIALIZE,
    headers: {
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'gzip, br',
      authorization: `Bearer ${tokens.access_token}`,
      'content-type': 'application/json',
    },
    ...options,
  });
}

test('after the sign-in: the call arrives whole, the session comes back, the answer comes on an open stream', async () => {
  const client = await Client.register(edge);
  const { code, verifier } = await obtainCode(edge, {
    client,
    authorization: { resource: `${edge.url}/`, scope: 'claudeai ' },
  });
  // 1: the token
  const reply = await client.redeem(code, verifier, { resource: `${edge.url}/` });
  const tokens = assertJson(reply, 200);
  assert.equal(tokens.scope, 'claudeai');
  assert.deepEqual(origin.requests, []);
  const signedIn = ['registered', 'consented', 'token'];
  await assertSteps(client, signedIn);
  // 2 and 3: the call, with a token that is good
  let stream;
  origin.answer = (response) => {
    stream = response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 'of-home' });
    stream.write(ANSWER);
  };
  const { request, response } = await inTime(initialize(tokens), 'the head of the answer', 2_000);
  assert.equal(response.statusCode, 200);
  await assertSteps(client, [...signedIn, 'first_call']);
  // 4: the body, whole
  assert.equal(origin.requests.length, 1);
  assert.equal(origin.last.url, '/mcp');
  assert.equal(origin.last.body.toString(), INITIALIZE);
  assert.equal(origin.last.headers['content-length'], '142');
  // 5: the session
  const session = response.headers['mcp-session-id'];
  assert.match(session, /^of-home\b/);
  // 6: the answer, while the stream is open
  const chunks = response[Symbol.asyncIterator]();
  assert.equal(String((await inTime(chunks.next(), 'the answer to id 1', 2_000)).value), ANSWER);
  assert.equal(stream.writableEnded, false);
  stream.end();
  assert.equal((await inTime(chunks.next(), 'the end of the stream')).done, true);
  request.destroy();
  // and the session is the one that home knows
  const headers = { authorization: `Bearer ${tokens.access_token}`, 'mcp-session-id': session };
  origin.answer = (answer) => answer.writeHead(202).end();
  const note = { jsonrpc: '2.0', method: 'notifications/initialized' };
  assert.equal((await edge.post('/mcp', { headers, json: note })).status, 202);
  assert.equal(origin.last.headers['mcp-session-id'], 'of-home');
  assert.deepEqual(stepsOf(client), [...signedIn, 'first_call'], 'only the first call is a step');
});

test('a client of the SDK signs in at the bare address, calls within two seconds, lists the tools and calls one', async () => {
  const provider = new MemoryProvider();
  const granted = [];
  provider.saveTokens = function saveTokens(tokens) {
    granted.push({ scope: tokens.scope, at: Date.now(), calls: origin.requests.length });
    MemoryProvider.prototype.saveTokens.call(this, tokens);
  };
  const { client } = await signInSdk(edge.url, { provider });
  const connected = Date.now();
  assert.deepEqual(
    granted.map(({ scope, calls }) => [scope, calls]),
    [['claudeai', 0]],
  );
  assert.ok(connected - granted[0].at <= 2_000, `${connected - granted[0].at} ms from the token to the connection`);
  assert.equal(JSON.parse(origin.requests[0].body).method, 'initialize');
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map((tool) => tool.name),
    ['add'],
  );
  const answer = await client.callTool({ name: 'add', arguments: { a: 19, b: 23 } });
  assert.equal(answer.content[0].text, '42');
  await client.close();
});

test('a client that has its token and makes no call is on record half a minute later', async () => {
  await eventually(() => assert.deepEqual(stepsOf(silent), ['registered', 'consented', 'token', 'silent']), { within: 45_000 });
  const page = await enter(new Browser(), `${edge.url}/gatelodge`);
  const entry = page.document.querySelectorAll('h2').find((title) => title.text === 'Silent').parentNode.text;
  assert.match(entry, /made no call within 30 seconds/);
});
