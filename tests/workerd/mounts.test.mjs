// Several servers at home behind one edge: each is a resource of its own, and what is granted for one opens no other.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertJson, assertOauthError } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const SECRET = 'SECRETVALUE';
const MOUNTS = [
  { path: '/mcp', scopes: ['mcp'] },
  { path: '/notes/mcp', scopes: ['notes:read', 'notes:write'] },
  { path: '/watch', scopes: ['mcp', 'watch'], probe: 'stream' },
];
const PATHS = MOUNTS.map(({ path }) => path);

let edge;
let homes;

before(async () => {
  homes = new Map();
  for (const path of PATHS) homes.set(path, await startOrigin());
  const mounts = MOUNTS.map((mount) => ({ ...mount, origin: new URL('/', homes.get(mount.path).url).href }));
  edge = await startEdge({ ORIGIN: undefined, MOUNTS: JSON.stringify(mounts) });
});
after(async () => {
  await edge.stop();
  for (const home of homes.values()) await home.stop();
});
beforeEach(() => {
  for (const home of homes.values()) home.requests.length = 0;
});

function connectTo(path, client) {
  const resource = edge.url + path;
  return obtainCode(edge, { client, authorization: { resource, scope: undefined } });
}

async function tokensFor(path) {
  const { client, code, verifier } = await connectTo(path);
  const reply = await client.redeem(code, verifier, { resource: edge.url + path });
  return { client, tokens: assertJson(reply, 200) };
}

function assertSilent() {
  for (const [path, home] of homes) assert.deepEqual(home.requests, [], path);
}

for (const { path, scopes } of MOUNTS) {
  describe(path, () => {
    const metadata = `/.well-known/oauth-protected-resource${path}`;

    test('has a document of its own, also below it and with a slash (RS-02, RS-07)', async () => {
      for (const [address, resource] of [
        [metadata, path],
        [`${metadata}/`, `${path}/`],
        [`${path}/.well-known/oauth-protected-resource`, path],
      ]) {
        const document = assertJson(await edge.get(address), 200);
        assert.equal(document.resource, edge.url + resource);
        assert.deepEqual(document.scopes_supported, scopes);
        assert.deepEqual(document.authorization_servers, [edge.url]);
      }
    });

    test('names it and its scopes in the challenge (RS-42)', async () => {
      const reply = await edge.post(path);
      assertJson(reply, 401);
      assert.equal(
        reply.headers['www-authenticate'],
        `Bearer resource_metadata="${edge.url}${metadata}", scope="${scopes.join(' ')}"`,
      );
      assertSilent();
    });

    test('has the one server document at its addresses', async () => {
      const root = await edge.get('/.well-known/oauth-authorization-server');
      for (const address of [
        `/.well-known/oauth-authorization-server${path}`,
        `${path}/.well-known/oauth-authorization-server`,
      ]) {
        assert.deepEqual((await edge.get(address)).bytes, root.bytes);
      }
    });

    test('lets its own token through to its own home, and no other opens for it (RS-25)', async () => {
      const { tokens } = await tokensFor(path);
      assert.equal(tokens.scope, scopes.join(' '));
      const own = await call(edge, tokens.access_token, { path });
      assert.equal(own.status, 200, own.text);
      assert.deepEqual(
        homes.get(path).requests.map((request) => request.url),
        [path],
      );
      homes.get(path).requests.length = 0;
      for (const other of PATHS.filter((one) => one !== path)) {
        for (const address of [other, `${other}/auth`]) {
          const reply = await call(edge, tokens.access_token, { path: address });
          assertJson(reply, 401);
          const challenge = reply.headers['www-authenticate'];
          assert.ok(challenge.includes(`/oauth-protected-resource${other}"`), challenge);
          assert.match(challenge, /error="invalid_token"/);
        }
      }
      assertSilent();
    });
  });
}

test('the server document knows the scopes of all', async () => {
  const { scopes_supported: scopes } = (await edge.get('/.well-known/oauth-authorization-server')).json();
  assert.deepEqual(scopes.toSorted(), ['mcp', 'notes:read', 'notes:write', 'offline_access', 'watch']);
});

test('the bare host is the first of them', async () => {
  const document = assertJson(await edge.get('/.well-known/oauth-protected-resource'), 200);
  assert.deepEqual(document.scopes_supported, ['mcp']);
  const first = await tokensFor('/mcp');
  assert.equal((await call(edge, first.tokens.access_token, { path: '/' })).status, 200);
  assert.equal(homes.get('/mcp').requests.length, 1);
  const second = await tokensFor('/notes/mcp');
  assert.equal((await call(edge, second.tokens.access_token, { path: '/' })).status, 401);
});

test('a client that names no resource gets the first of them', async () => {
  const { client, code, verifier } = await obtainCode(edge, { authorization: { resource: undefined, scope: undefined } });
  const tokens = assertJson(await client.redeem(code, verifier, { resource: undefined }), 200);
  assert.equal(tokens.scope, 'mcp');
  assert.equal((await call(edge, tokens.access_token)).status, 200);
  for (const path of PATHS.slice(1)) assert.equal((await call(edge, tokens.access_token, { path })).status, 401);
});

test('only the mount that offers it has the discovery stream', async () => {
  for (const path of PATHS.slice(0, 2)) assert.equal((await edge.get(path)).status, 401);
  assertSilent();
});

test('nothing else below or beside a mount is forwarded', async () => {
  for (const path of ['/notes', '/notes/', '/notes/other', '/notes/mcp/tools', '/watch/mcp', '/mcp/notes/mcp', '/WATCH']) {
    for (const method of ['GET', 'POST', 'DELETE']) assertJson(await edge.send(path, { method }), 404);
  }
  for (const resource of ['/notes', '/notes/mcp/x']) {
    assertJson(await edge.get(`/.well-known/oauth-protected-resource${resource}`), 404);
  }
  assertSilent();
});

describe('the resource of a token request (RFC 8707)', () => {
  test('may be left out: the token is for what was authorized', async () => {
    const { client, code, verifier } = await connectTo('/notes/mcp');
    const tokens = assertJson(await client.redeem(code, verifier, { resource: undefined }), 200);
    assert.equal((await call(edge, tokens.access_token, { path: '/notes/mcp' })).status, 200);
    const refreshed = assertJson(await client.refresh(tokens.refresh_token, { resource: undefined }), 200);
    assert.equal((await call(edge, refreshed.access_token, { path: '/notes/mcp' })).status, 200);
    assert.equal((await call(edge, refreshed.access_token, { path: '/mcp' })).status, 401);
  });

  test('that is another mount is refused, and nothing is lost by it', async () => {
    const { client, code, verifier } = await connectTo('/notes/mcp');
    for (const other of ['/mcp', '/watch', '/', '/nothing']) {
      assertOauthError(await client.redeem(code, verifier, { resource: edge.url + other }), 400, 'invalid_target');
    }
    const resource = `${edge.url}/notes/mcp`;
    const tokens = assertJson(await client.redeem(code, verifier, { resource }), 200);
    const wrong = await client.refresh(tokens.refresh_token, { resource: edge.mcp });
    assertOauthError(wrong, 400, 'invalid_target');
    assertJson(await client.refresh(tokens.refresh_token, { resource: `${resource}/` }), 200);
  });

  test('one client may have a grant for each', async () => {
    const client = await Client.register(edge);
    for (const path of PATHS) {
      const { code, verifier } = await connectTo(path, client);
      const tokens = assertJson(await client.redeem(code, verifier, { resource: edge.url + path }), 200);
      assert.equal((await call(edge, tokens.access_token, { path })).status, 200);
    }
  });
});

test("a session of one mount is unknown at another's", async () => {
  const answer = (response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'abc' }).end('{}');
  for (const path of PATHS) homes.get(path).answer = answer;
  const [first, second] = [await tokensFor('/mcp'), await tokensFor('/notes/mcp')];
  const session = (await call(edge, first.tokens.access_token)).headers['mcp-session-id'];
  const headers = { 'mcp-session-id': session };
  const there = await call(edge, second.tokens.access_token, { path: '/notes/mcp', headers });
  assert.equal(there.status, 404, 'TR-28');
  assert.deepEqual(homes.get('/notes/mcp').requests, []);
});

test('an entry that says nothing is /mcp with the keys beside it', async () => {
  const home = await startOrigin();
  const plain = await startEdge({ MOUNTS: '[{}]', ORIGIN: home.url, SCOPES: '["books"]' });
  try {
    const { tokens } = await connect(plain);
    assert.equal(tokens.scope, 'books');
    assert.equal((await call(plain, tokens.access_token)).status, 200);
    assert.equal(home.last.url, '/mcp');
  } finally {
    await plain.stop();
    await home.stop();
  }
});

const HEADERS = { ORIGIN_HEADERS: `{"/mcp":{"x-key":"${SECRET}"}}` };
const MISTAKES = [
  ['no JSON', SECRET, 'MOUNTS', /JSON list/],
  ['no list', `{"path":"/${SECRET}"}`, 'MOUNTS', /JSON list/],
  ['an empty list', '[]', 'MOUNTS', /JSON list/],
  ['a list of paths', '["/mcp"]', 'MOUNTS', /JSON list/],
  ['a misspelled member', '[{"pth":"/mcp"}]', 'MOUNTS', /entry 1.*path/],
  ['a path without a slash', '[{},{"path":"notes"}]', 'MOUNTS', /entry 2.*path/],
  ['the root', '[{"path":"/"}]', 'MOUNTS', /entry 1.*path/],
  ['an endpoint of the edge', '[{"path":"/token"}]', 'MOUNTS', /entry 1.*path/],
  ['the pages of the edge', '[{"path":"/gatelodge/x"}]', 'MOUNTS', /entry 1.*path/],
  ['a path with dots', '[{"path":"/a/../b"}]', 'MOUNTS', /entry 1.*path/],
  ['an encoded path', '[{"path":"/a%2fb"}]', 'MOUNTS', /entry 1.*path/],
  ['an origin that is no URL', `[{"origin":"${SECRET}"}]`, 'MOUNTS', /URL/],
  ['an origin with a password in it', `[{"origin":"https://u:${SECRET}@h.example/mcp"}]`, 'MOUNTS', /URL/],
  ['an unknown auth', `[{"auth":"${SECRET}"}]`, 'MOUNTS', /entry 1.*auth.*owner.*open/],
  ['an unknown probe', `[{"probe":"${SECRET}"}]`, 'MOUNTS', /entry 1.*probe.*challenge.*stream/],
  ['an empty scope', '[{"scopes":[""]}]', 'MOUNTS', /entry 1.*scopes/],
  ['scopes that are no list', `[{"scopes":"${SECRET}"}]`, 'MOUNTS', /entry 1.*scopes/],
  ['the same path twice', '[{},{"path":"/mcp/"}]', 'MOUNTS', /entry 2/],
  ['a mount below another', '[{},{"path":"/mcp/notes"}]', 'MOUNTS', /entry 2/],
  ['open beside others', '[{"auth":"open"},{"path":"/notes"}]', 'MOUNTS', /open/],
  ['a credential for strangers', '[{"auth":"open"}]', 'ORIGIN_HEADERS', /strangers/, HEADERS],
  ['headers of no mount', '[{"path":"/notes"}]', 'ORIGIN_HEADERS', /mount/, HEADERS],
];
for (const [what, mounts, key, said, vars] of MISTAKES) {
  test(`${what}: every request is 503 and names ${key}, never a value`, async () => {
    const wrong = await startEdge({ MOUNTS: mounts, ...vars });
    try {
      for (const [method, path] of [
        ['POST', '/mcp'],
        ['GET', '/.well-known/oauth-protected-resource'],
      ]) {
        const reply = await wrong.send(path, { method });
        const { problems } = assertJson(reply, 503);
        assert.deepEqual([...new Set(problems.map((problem) => problem.key))], [key]);
        assert.match(problems[0].problem, said);
        assert.ok(!reply.text.includes(SECRET), reply.text);
      }
    } finally {
      await wrong.stop();
    }
  });
}

test('a credential for strangers may be meant', async () => {
  const home = await startOrigin();
  const mounts = '[{"auth":"open","open_with_credentials":true}]';
  const open = await startEdge({ MOUNTS: mounts, ORIGIN: home.url, ...HEADERS });
  try {
    assert.equal((await call(open)).status, 200);
    assert.equal(home.last.headers['x-key'], SECRET);
  } finally {
    await open.stop();
    await home.stop();
  }
});
