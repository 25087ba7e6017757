// A wiki behind an API gateway, whose MCP server takes the tokens of an authorization server elsewhere. Its
// `/.well-known/*` led to the wiki, which has a page for everything, and a base URL that ended in `/mcp` became `/mcp/mcp`.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { startEdge } from './support/edge.mjs';
import { assertJson, assertNotAdmitted } from './support/expect.mjs';
import { jwtOfPublicKey, makeKey, startIssuer, unsignedJwt } from './support/issuer.mjs';
import { call } from './support/mcp_call.mjs';
import { answerJsonRpc, startOrigin } from './support/origin.mjs';
import { MemoryProvider } from './support/sdk_provider.mjs';
import { mcpServer } from './support/sdk_server.mjs';
import { connectSdk } from './support/sdk_sign_in.mjs';

/** What the authorization server calls the MCP server in `aud`. */
const AUDIENCE = 'https://wiki.example.com/mcp';
const SERVER = '/.well-known/oauth-authorization-server';
const RESOURCE = '/.well-known/oauth-protected-resource';
const JWKS = '/oauth2/jwks';
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'claude-ai', version: '0.1.0' } },
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

let edge;
let home;
let issuer;
let wiki;

before(async () => {
  home = await startOrigin(mcpBesideWiki());
  wiki = await startOrigin(anyPage);
  issuer = await startIssuer();
  issuer.audience = AUDIENCE;
  edge = await startFor();
});
after(async () => {
  await edge.stop();
  await issuer.stop();
  await home.stop();
  await wiki.stop();
});
beforeEach(() => {
  home.answer = mcpBesideWiki();
  wiki.answer = anyPage;
  home.requests.length = 0;
  wiki.requests.length = 0;
});

function startFor(vars = {}) {
  const mount = { path: '/mcp', auth: 'external', issuer: issuer.url, audience: AUDIENCE };
  return startEdge({ ...settings(mount), ...vars });
}

/** Where the edge sends what, as its owner writes it. */
function settings(mount) {
  return { MOUNTS: JSON.stringify([mount]), NAME: 'Wiki', ORIGIN: home.url, SITE: new URL('/', wiki.url).href };
}

/** The wiki has a page for everything, so that whatever leaks to it shows as HTML. */
function anyPage(response) {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Wiki</title>');
}

/** The server of the MCP endpoint: at any other path it is as good as the wiki. */
function mcpBesideWiki() {
  const mcp = mcpServer({ read_page: ({ title }) => `text of ${title}` });
  return (response, received) => (received.url === '/mcp' ? mcp(response, received) : anyPage(response));
}

/** The first call of a client that has a good token. */
function initialize(own, token = issuer.token(AUDIENCE)) {
  return call(own, token, { message: INITIALIZE });
}

function assertSilent() {
  assert.deepEqual(home.requests, []);
  assert.deepEqual(wiki.requests, []);
}

describe('the table of the report', () => {
  test(`GET ${SERVER}: the issuer's own metadata`, async () => {
    const document = assertJson(await edge.get(SERVER), 200);
    assert.deepEqual(document, issuer.metadata);
    assert.equal(document.issuer, issuer.url);
    assertSilent();
  });

  test(`GET ${RESOURCE}/mcp: the resource, and the issuer`, async () => {
    const document = assertJson(await edge.get(`${RESOURCE}/mcp`), 200);
    assert.equal(document.resource, edge.mcp);
    assert.deepEqual(document.authorization_servers, [issuer.url]);
    assertSilent();
  });

  test("POST /mcp with the issuer's bearer: the origin's own result", async () => {
    const reply = await initialize(edge);
    assert.equal(reply.status, 200, reply.text);
    assert.match(reply.text, /"serverInfo":\{"name":"home"/);
    assert.equal(home.requests.length, 1);
    assert.equal(home.last.url, '/mcp');
    assert.equal(home.last.headers.authorization, undefined, 'RS-26');
  });

  test('POST /mcp without a token: the challenge names the document', async () => {
    const reply = await edge.post('/mcp', { json: INITIALIZE });
    assertJson(reply, 401);
    const challenge = `Bearer resource_metadata="${edge.url}${RESOURCE}/mcp"`;
    assert.equal(reply.headers['www-authenticate'], challenge);
    assertSilent();
  });
});

describe('the wiki', () => {
  test('GET /Home: its page', async () => {
    const reply = await edge.get('/Home');
    assert.equal(reply.status, 200);
    assert.match(reply.headers['content-type'], /^text\/html\b/);
    assert.match(reply.text, /<title>Wiki<\/title>/);
    assert.deepEqual(home.requests, []);
  });

  test('gets everything else: method, query, body and cookies', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const headers = { 'content-type': 'text/plain', cookie: 'wiki_session=1' };
      await edge.send('/edit/Home?section=2&a=%20b', { method, body: 'text of the page', headers });
      const { url, headers: got, body, method: asked } = wiki.last;
      assert.deepEqual([asked, url, String(body)], [method, '/edit/Home?section=2&a=%20b', 'text of the page']);
      assert.equal(got.cookie, 'wiki_session=1');
    }
    for (const path of ['/', '/mcpx', '/wiki/mcp', '/robots.txt']) {
      await edge.get(path);
      assert.equal(wiki.last.url, path);
    }
    assert.deepEqual(home.requests, []);
  });

  test('answers as it likes, with redirects and cookies', async () => {
    wiki.answer = (response) => {
      response.writeHead(302, { location: '/Home?from=edit', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/'] }).end();
    };
    const reply = await edge.post('/edit/Home', { body: 'x' });
    assert.equal(reply.status, 302);
    assert.equal(reply.headers.location, '/Home?from=edit');
    assert.deepEqual(reply.headers['set-cookie'], ['a=1; Path=/', 'b=2; Path=/']);
  });
});

describe('the wrong backend', () => {
  const NAMES = [
    'agent.json',
    'anything',
    'change-password',
    'jwks.json',
    'oauth-authorization-server',
    'oauth-authorization-server/mcp',
    'oauth-authorization-server/other',
    'oauth-protected-resource',
    'oauth-protected-resource/mcp',
    'oauth-protected-resource/other',
    'openid-configuration',
    'openid-configuration/mcp',
    'security.txt',
  ];
  for (const name of NAMES) {
    test(`gets no request for /.well-known/${name}, whatever the method`, async () => {
      for (const path of [`/.well-known/${name}`, `/.well-known/${name}/`, `/mcp/.well-known/${name}`]) {
        for (const method of METHODS) {
          const reply = await edge.send(path, { method });
          assert.ok([200, 204, 404, 405].includes(reply.status), `${method} ${path}: ${reply.status}`);
          if (reply.status !== 204) assert.match(reply.headers['content-type'], /^application\/json\b/);
          assert.doesNotMatch(reply.text, /</);
          assert.equal(reply.headers.location, undefined);
        }
      }
      assertSilent();
    });
  }

  test('gets no request for /mcp or below it, whatever the method', async () => {
    for (const path of ['/mcp', '/mcp/', '/mcp/mcp', '/mcp/Home', '/mcp/token', '/mcp/register', '/mcp/authorize']) {
      for (const method of METHODS) {
        const reply = await edge.send(path, { method });
        assert.ok([204, 401, 404].includes(reply.status), `${method} ${path}: ${reply.status}`);
        assert.doesNotMatch(reply.text, /</);
      }
    }
    assertSilent();
    home.answer = answerJsonRpc;
    for (const method of METHODS) await call(edge, issuer.token(AUDIENCE), { method });
    assert.deepEqual(wiki.requests, []);
    assert.deepEqual([...new Set(home.requests.map(({ url }) => url))], ['/mcp']);
  });

  test('nothing is here that could make a token', async () => {
    const own = await startFor({ SITE: undefined });
    try {
      for (const path of ['/authorize', '/token', '/register', '/revoke', '/oauth/token', '/mcp/token', '/gatelodge']) {
        for (const method of ['GET', 'POST']) {
          assert.equal(assertJson(await own.send(path, { method }), 404).error, 'not_found');
        }
      }
    } finally {
      await own.stop();
    }
  });
});

describe('the doubled path', () => {
  const BASE = 'https://wiki.example.com';
  const DOCUMENTS = [
    RESOURCE,
    `${RESOURCE}/mcp`,
    `${RESOURCE}/mcp/`,
    `/mcp${RESOURCE}`,
    SERVER,
    `${SERVER}/mcp`,
    `/mcp${SERVER}`,
    '/mcp/discover',
  ];

  /** What is said by an edge whose owner wrote its address so, and the paths that reach home. */
  async function said(PUBLIC_URL, ORIGIN = home.url) {
    const own = await startFor({ PUBLIC_URL, ORIGIN });
    home.requests.length = 0;
    try {
      own.publishAs(BASE);
      const documents = [];
      for (const path of DOCUMENTS) documents.push(await own.get(path));
      const challenges = [await own.post('/mcp'), await own.post('/mcp/')];
      const called = await initialize(own);
      assert.equal(called.status, 200, called.text);
      const replies = [...documents, ...challenges, called];
      for (const reply of replies) {
        const head = JSON.stringify(reply.rawHeaders);
        assert.ok(!`${head}${reply.text}`.includes('/mcp/mcp'), `${head} ${reply.text}`);
      }
      assert.equal(documents[1].json().resource, `${BASE}/mcp`);
      assert.deepEqual(
        home.requests.map(({ url }) => url),
        ['/mcp'],
      );
      return {
        documents: documents.map(({ status, text }) => [status, text]),
        challenges: challenges.map(({ status, headers }) => [status, headers['www-authenticate']]),
      };
    } finally {
      await own.stop();
    }
  }

  test('the base URL may end as its owner likes', async () => {
    const plain = await said(BASE);
    for (const [status] of plain.documents) assert.equal(status, 200);
    for (const spelled of [`${BASE}/`, `${BASE}/mcp`, `${BASE}/mcp/`]) assert.deepEqual(await said(spelled), plain, spelled);
  });

  test("so may the origin's", async () => {
    const root = new URL('/', home.url).href;
    for (const spelled of [root, root.slice(0, -1), home.url]) await said(BASE, spelled);
  });
});

describe('tokens', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const WRONG = [
    ['another issuer', () => issuer.token(AUDIENCE, { iss: 'https://other.example.com' })],
    ['another audience', () => issuer.token('https://other.example.com/mcp')],
    ['expired', () => issuer.token(AUDIENCE, { exp: seconds() - 120 })],
    ['nbf ahead', () => issuer.token(AUDIENCE, { nbf: seconds() + 120 })],
    ['unsigned', () => unsignedJwt(issuer.claims(AUDIENCE))],
    ['HS256 signed with the public key', () => jwtOfPublicKey(issuer.keys[0], issuer.claims(AUDIENCE))],
    ['unknown kid', () => issuer.token(AUDIENCE, {}, { key: makeKey('RS256') })],
  ];
  for (const [what, make] of WRONG) {
    test(`${what}: 401 invalid_token, the origin silent`, async () => {
      await assertNotAdmitted(edge, make());
      assertSilent();
    });
  }

  test('a new signing key is taken after one fetch, and many unknown ones are not one fetch each', async () => {
    const own = await startFor();
    const { keys } = issuer;
    try {
      issuer.asked.length = 0;
      assert.equal((await initialize(own)).status, 200);
      assert.equal(issuer.count(JWKS), 1);
      issuer.keys = [makeKey('RS256'), ...keys];
      assert.equal((await initialize(own)).status, 200);
      assert.equal(issuer.count(JWKS), 2);
      const key = makeKey('ES256');
      for (let n = 0; n < 20; n += 1) {
        await assertNotAdmitted(own, issuer.token(AUDIENCE, {}, { key, header: { kid: `unknown-${n}` } }));
      }
      assert.equal(issuer.count(JWKS), 2);
    } finally {
      issuer.keys = keys;
      await own.stop();
    }
  });
});

describe('the issuer is down', () => {
  test('with a warm cache everything goes on', async () => {
    const own = await startFor();
    try {
      assert.equal((await initialize(own)).status, 200);
      const warm = await own.get(SERVER);
      await issuer.stop();
      assert.equal((await initialize(own)).status, 200);
      await assertNotAdmitted(own, issuer.token('https://other.example.com/mcp'));
      assert.deepEqual((await own.get(SERVER)).bytes, warm.bytes);
    } finally {
      await issuer.start();
      await own.stop();
    }
  });

  test('cold: calls are 503 with a Retry-After, its document is a 404 in JSON, and our own is there', async () => {
    const own = await startFor();
    try {
      await issuer.stop();
      const reply = await initialize(own);
      assert.equal(assertJson(reply, 503).jsonrpc, '2.0');
      assert.ok(Number(reply.headers['retry-after']) > 0);
      for (const path of [SERVER, `${SERVER}/mcp`, `/mcp${SERVER}`]) assertJson(await own.get(path), 404);
      for (const path of [RESOURCE, `${RESOURCE}/mcp`]) {
        assert.deepEqual(assertJson(await own.get(path), 200).authorization_servers, [issuer.url]);
      }
      assertSilent();
      await issuer.start();
      assert.equal((await initialize(own)).status, 200);
    } finally {
      await own.stop();
    }
  });
});

test('an application that is built on the SDK signs in at the issuer, and reads a page', async () => {
  const provider = new MemoryProvider();
  const transport = new StreamableHTTPClientTransport(new URL(edge.mcp), { authProvider: provider });
  const client = new Client({ name: 'sdk-test', version: '1.0.0' });
  await assert.rejects(client.connect(transport), UnauthorizedError);
  const asked = new URL(provider.sentTo.at(-1));
  assert.equal(asked.origin, issuer.url);
  assert.equal(asked.searchParams.get('resource'), edge.mcp);
  const { headers } = await fetch(asked, { redirect: 'manual' });
  await transport.finishAuth(new URL(headers.get('location')).searchParams.get('code'));

  const connected = await connectSdk(edge.mcp, provider);
  const { tools } = await connected.client.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    ['read_page'],
  );
  const { content } = await connected.client.callTool({ name: 'read_page', arguments: { title: 'Home' } });
  assert.deepEqual(content, [{ type: 'text', text: 'text of Home' }]);
  await connected.transport.terminateSession();
  await connected.client.close();
  assert.equal(provider.sentTo.length, 1);
  assert.deepEqual(wiki.requests, []);
  assert.deepEqual([...new Set(home.requests.map(({ url }) => url))], ['/mcp']);
});

test('nothing of all this was stored', async () => {
  assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] });
});
