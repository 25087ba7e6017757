// A code index on a DDNS name with a port. Its user typed the bare address into claude.ai, whose GET got a bare 401:
// "Server not found", and no sign-in began. There are two ways out: the challenge, and a stream for strangers.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { below } from './support/below.mjs';
import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { inTime, passes } from './support/eventually.mjs';
import { assertJson, assertTokens } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { mcpServer } from './support/sdk_server.mjs';
import { connectSdk, signInSdk } from './support/sdk_sign_in.mjs';
import { open, send } from './support/send.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const HOME = 'https://code-index.ddns.net:8383';
const CREDENTIAL = 'of the edge alone';
const MISSING = '{"detail":"Missing authentication credentials"}';
const FIRST_EVENT = 'event: endpoint\ndata: {"protocol":"mcp","version":"2024-11-05","authentication":"oauth2"}\n\n';
const PING_EVENT = 'event: ping\ndata: keepalive\n\n';
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'claude-ai', version: '0.1.0' } },
};
const TOOLS = {
  list_repositories: () => 'gatelodge, library',
  read_file: ({ path }) => `contents of ${path}`,
  search_code: ({ query }) => `src/main.rs:1: ${query}`,
};

let origin;

before(async () => {
  origin = await startOrigin(codeIndex());
});
after(() => origin.stop());
beforeEach(() => {
  origin.requests.length = 0;
});

/** Whoever lacks the credential gets what everybody got before: a 401 that tells nobody what to do. */
function codeIndex() {
  const mcp = mcpServer(TOOLS);
  return (response, received) => {
    if (received.headers['x-index-key'] === CREDENTIAL && received.url === '/mcp') return mcp(response, received);
    return response.writeHead(401, { 'content-type': 'application/json' }).end(MISSING);
  };
}

/** The home's address is the world's; behind it is the stand-in. */
function throughDdns(request) {
  const { origin: asked, pathname, search } = new URL(request.url);
  assert.equal(asked, HOME);
  return fetch(new URL(pathname + search, origin.url), {
    method: request.method,
    headers: [...request.headers].filter(([name]) => !['host', 'content-length', 'connection'].includes(name)),
    body: request.body,
    duplex: 'half',
    signal: request.signal,
  });
}

function startFor(probe) {
  const vars = {
    MOUNTS: JSON.stringify([{ path: '/mcp', ...(probe && { probe }) }]),
    NAME: 'Code index',
    ORIGIN: HOME,
    ORIGIN_HEADERS: JSON.stringify({ '/mcp': { 'x-index-key': CREDENTIAL } }),
  };
  return startEdge(vars, { outboundService: throughDdns });
}

function stranger(number) {
  return { 'cf-connecting-ip': `198.51.100.${number}` };
}

function assertChallenged(edge, reply, { error } = {}) {
  assert.equal(reply.status, 401);
  const prefix = `Bearer resource_metadata="${edge.url}/.well-known/oauth-protected-resource/mcp", scope="mcp"`;
  const challenge = reply.headers['www-authenticate'];
  assert.ok(error ? challenge.startsWith(`${prefix}, error="${error}"`) : challenge === prefix, challenge);
  assert.deepEqual(origin.requests, []);
}

/** A discovery stream: its head, what it says first, and its pieces. */
async function openDiscovery(edge, headers) {
  const { request, response } = await inTime(open(edge.mcp, { headers }), 'the head of the stream');
  const chunks = response[Symbol.asyncIterator]();
  assert.equal(response.statusCode, 200);
  assert.match(response.headers['content-type'], /^text\/event-stream\b/);
  assert.equal(String((await inTime(chunks.next(), 'the first event')).value), FIRST_EVENT);
  return { chunks, headers: response.headers, leave: () => request.destroy() };
}

async function assertDiscoveryStream(edge, headers) {
  const stream = await openDiscovery(edge, headers);
  stream.leave();
  assert.equal(stream.headers['www-authenticate'], undefined);
  assert.deepEqual(origin.requests, []);
  return stream.headers;
}

test('without the edge, a bare GET got a 401 that leads nowhere', async () => {
  const reply = await send(origin.url);
  assert.equal(reply.status, 401);
  assert.equal(reply.text, MISSING);
  assert.equal(reply.headers['www-authenticate'], undefined);
});

for (const probe of ['stream', 'challenge']) {
  describe(`probe = ${probe}`, () => {
    let edge;
    let token;

    before(async () => {
      edge = await startFor(probe === 'challenge' ? undefined : probe);
      token = (await connect(edge)).tokens.access_token;
    });
    after(() => edge.stop());

    for (const method of ['POST', 'DELETE', 'HEAD', ...(probe === 'challenge' ? ['GET'] : [])]) {
      test(`${method} without a token is challenged, with a bad one too (RS-20, RS-45)`, async () => {
        assertChallenged(edge, await call(edge, undefined, { method }));
        assertChallenged(edge, await call(edge, 'nonsense', { method }), { error: 'invalid_token' });
        assertChallenged(edge, await call(edge, undefined, { method, headers: { authorization: 'Basic eDp5' } }));
      });
    }

    test('GET that speaks of a protocol version, or would read JSON, is challenged', async () => {
      for (const headers of [
        { 'mcp-protocol-version': '2024-11-05' },
        { accept: 'text/event-stream', 'mcp-protocol-version': '2025-06-18' },
        { accept: 'application/json' },
        { accept: 'application/json, text/event-stream' },
      ]) {
        assertChallenged(edge, await edge.get('/mcp', { headers: { ...stranger(1), ...headers } }));
      }
    });

    test('with a token: POST works, GET is the stream of home, DELETE ends the session', async () => {
      const begun = await call(edge, token, { message: INITIALIZE });
      assert.equal(begun.status, 200, begun.text);
      const session = { authorization: `Bearer ${token}`, 'mcp-session-id': begun.headers['mcp-session-id'] };
      const accept = { accept: 'text/event-stream' };
      const { request, response } = await inTime(open(edge.mcp, { headers: { ...session, ...accept } }), 'the stream');
      assert.equal(response.statusCode, 200);
      assert.match(response.headers['content-type'], /^text\/event-stream\b/);
      assert.equal(origin.last.method, 'GET');
      request.destroy();
      assert.equal((await edge.send('/mcp', { method: 'DELETE', headers: session })).status, 200);
      const headers = { ...session, accept: 'application/json, text/event-stream' };
      const ended = await edge.post('/mcp', { headers, json: { jsonrpc: '2.0', id: 2, method: 'tools/list' } });
      assert.ok(ended.status >= 400, `the session goes on: ${ended.text}`);
    });

    test('with a token but no session, GET is 405: home has no stream for it', async () => {
      const reply = await call(edge, token, { method: 'GET', headers: { accept: 'text/event-stream' } });
      assert.equal(reply.status, 405);
      assert.match(reply.headers.allow, /POST/);
    });

    test('GET /mcp/discover says in short what is there, and nothing of home (static)', async () => {
      assert.deepEqual(assertJson(await edge.get('/mcp/discover'), 200), {
        protocol: 'mcp',
        version: '2024-11-05',
        transport: 'sse',
        endpoint: '/mcp',
        authentication: { type: 'oauth2', discovery: '/.well-known/oauth-authorization-server' },
      });
      assert.deepEqual(origin.requests, []);
    });

    test('OPTIONS needs no token and says the same in headers', async () => {
      const headers = { origin: 'https://claude.ai', 'access-control-request-method': 'POST' };
      for (const asked of [headers, {}]) {
        const reply = await edge.send('/mcp', { method: 'OPTIONS', headers: asked });
        assert.ok([200, 204].includes(reply.status), String(reply.status));
        assert.equal(reply.headers['access-control-allow-methods'], 'GET, POST, DELETE, OPTIONS');
        for (const name of ['Authorization', 'Content-Type']) {
          assert.ok(reply.headers['access-control-allow-headers'].split(', ').includes(name), name);
        }
        assert.equal(reply.headers['x-mcp-version'], '2024-11-05');
        assert.equal(reply.headers['x-mcp-transport'], 'sse');
        assert.equal(reply.headers['x-mcp-auth'], 'oauth2');
        assert.equal(reply.headers['access-control-allow-origin'], asked.origin);
      }
      assert.deepEqual(origin.requests, []);
    });

    test('from the bare address: sign-in with the own name, tools, a search, a look around, all with the token', async () => {
      const { client, transport, provider } = await signInSdk(edge.url);
      const form = await new Browser().open(provider.sentTo[0]);
      assert.ok(form.asksForPassword && form.says.includes('Code index'), form.says);
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map((tool) => tool.name).sort(), Object.keys(TOOLS));
      const say = async (name, asked) => (await client.callTool({ name, arguments: asked })).content[0].text;
      assert.equal(await say('search_code', { query: 'fn main' }), 'src/main.rs:1: fn main');
      assert.equal(await say('list_repositories', {}), 'gatelodge, library');
      assert.equal(await say('read_file', { path: 'README.md' }), 'contents of README.md');
      await transport.terminateSession();
      await client.close();
      for (const request of origin.requests) {
        assert.equal(request.headers['x-index-key'], CREDENTIAL);
        assert.equal(request.headers.authorization, undefined);
        assert.equal(request.url, '/mcp');
      }
    });

    test('the bare address is a server to a client without a token, never "not found"', async () => {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const reply = await edge.send('/', { method, headers: { accept: 'application/json, text/event-stream' } });
        assert.equal(reply.status, 401);
        assert.match(reply.headers['www-authenticate'], /^Bearer resource_metadata="/);
      }
      await assert.rejects(connectSdk(edge.url, undefined), { code: 401 });
      assert.deepEqual(origin.requests, []);
    });

    test('the token may be fetched at POST /oauth/token', async () => {
      const oauth = below(edge, '/oauth');
      const client = await Client.register(oauth);
      const { code, verifier } = await obtainCode(edge, { client });
      const { access_token: access } = assertTokens(await client.redeem(code, verifier));
      assert.equal((await call(edge, access, { message: INITIALIZE })).status, 200);
    });
  });
}

describe('probe = stream, for strangers', () => {
  let edge;
  let token;

  before(async () => {
    edge = await startFor('stream');
    token = (await connect(edge)).tokens.access_token;
  });
  after(() => edge.stop());

  const UNKNOWN = [
    ['no token', {}],
    ['an invalid token', { authorization: 'Bearer nonsense' }],
    ['another scheme', { authorization: `Basic ${Buffer.from('x:y').toString('base64')}` }],
    ['a bare word', { authorization: 'nonsense' }],
    ['the media type of streams', { accept: 'text/event-stream' }],
    ['any media type', { accept: '*/*' }],
  ];
  for (const [index, [what, headers]] of UNKNOWN.entries()) {
    test(`GET with ${what} is the discovery stream, and home is silent`, async () => {
      const head = await assertDiscoveryStream(edge, { ...stranger(10 + index), ...headers });
      assert.equal(head['cache-control'], 'no-cache, no-transform');
      assert.equal(head['x-accel-buffering'], 'no');
      assert.equal(head['content-length'], undefined);
      assert.equal(head['content-encoding'], undefined);
    });
  }

  test('a good token in another scheme is no token', async () => {
    await assertDiscoveryStream(edge, { ...stranger(20), authorization: `Token ${token}` });
  });

  test('ten a minute for each address; the next is challenged, with others untouched', async () => {
    await minuteWithRoom();
    for (let n = 1; n <= 10; n += 1) await assertDiscoveryStream(edge, stranger(30));
    const eleventh = await edge.get('/mcp', { headers: stranger(30) });
    assertChallenged(edge, eleventh);
    assert.match(eleventh.headers['retry-after'], /^[1-9]\d*$/);
    await assertDiscoveryStream(edge, stranger(31));
    for (let n = 1; n <= 12; n += 1) {
      const reply = await call(edge, token, { method: 'GET', headers: { ...stranger(31), accept: 'text/event-stream' } });
      assert.equal(reply.status, 405, 'an owner who is in is not counted');
    }
    origin.requests.length = 0;
    await assertDiscoveryStream(edge, stranger(31));
  });

  test('the stream stays open and says "keepalive" every 30 seconds', async () => {
    const { chunks, leave } = await openDiscovery(edge, stranger(40));
    for (const ping of ['the first ping', 'the second ping']) {
      const begun = Date.now();
      assert.equal(String((await inTime(chunks.next(), ping, 35_000)).value), PING_EVENT);
      assert.ok(Date.now() - begun > 25_000, `${ping} came after ${Date.now() - begun} ms`);
    }
    leave();
    assert.deepEqual(origin.requests, []);
  });
});

/** The limit is counted by the minute of the clock: what belongs together must not cross its end. */
async function minuteWithRoom() {
  const left = 60 - ((Date.now() / 1000) % 60);
  if (left < 10) await passes(left + 0.1);
}
