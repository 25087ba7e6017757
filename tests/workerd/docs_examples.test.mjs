// The examples of docs/modes.md, pasted: the Worker does with those settings what the text beside them promises.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { unstable_readConfig } from 'wrangler';

import { blocks, quoted, read, settingsOf, table } from './support/documents.mjs';
import { startEdge } from './support/edge.mjs';
import { inTime } from './support/eventually.mjs';
import { assertJson } from './support/expect.mjs';
import { reaching, startIssuer } from './support/issuer.mjs';
import { call } from './support/mcp_call.mjs';
import { open } from './support/send.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const MODES = read('docs/modes.md');
const ANSWER = { jsonrpc: '2.0', id: 1, result: {} };

const ISSUER = 'https://auth.example.com';

/** An edge with the settings of an example, and what reached the servers that it names. */
async function withExample(command, use, answer = () => Response.json(ANSWER)) {
  const calls = [];
  const outboundService = (request) => {
    if (request.url.startsWith(`${ISSUER}/`)) return answer(request);
    calls.push({ method: request.method, url: request.url, headers: request.headers });
    return answer(request);
  };
  const edge = await startEdge({ ORIGIN: undefined, ...settingsOf(command) }, { outboundService });
  try {
    await use(edge, calls);
  } finally {
    await edge.stop();
  }
}

async function tokenFor(edge, path, scope) {
  const resource = edge.url + path;
  const { client, code, verifier } = await obtainCode(edge, { authorization: { resource, scope } });
  return assertJson(await client.redeem(code, verifier, { resource }), 200);
}

/** A shown header or body, as this edge says it. */
function shown(edge, text) {
  assert.ok(MODES.includes(text.replaceAll(edge.url, 'http://localhost:8787')), `the text shows ${text}`);
}

/** By the heading that the example stands below. */
const PROMISES = {
  'Mode `owner`': async (edge, calls) => {
    const reply = await edge.post('/mcp');
    assertJson(reply, 401);
    shown(edge, `WWW-Authenticate: ${reply.headers['www-authenticate']}`);
    assert.deepEqual(calls, []);
    const { tokens } = await connect(edge);
    assert.equal((await call(edge, tokens.access_token)).status, 200);
    assert.deepEqual(calls.map(({ url }) => url), ['https://home.example.net:8383/mcp']);
    assert.equal(calls[0].headers.get('authorization'), null);
  },

  Scopes: async (edge) => {
    for (const [asked, granted] of [
      ['notes:read', 'notes:read'],
      ['notes:read other', 'notes:read'],
      ['other', 'notes:read notes:write'],
      [undefined, 'notes:read notes:write'],
    ]) {
      assert.equal((await tokenFor(edge, '/mcp', asked)).scope, granted, asked);
    }
  },

  'A credential for your server': async (edge, calls) => {
    const { tokens } = await connect(edge);
    const reply = await call(edge, tokens.access_token, { headers: { 'x-api-key': 'of the client' } });
    assert.equal(reply.status, 200);
    assert.equal(calls[0].headers.get('x-api-key'), 'a long random text');
    assert.ok(!JSON.stringify(reply.headers).includes('a long random text'));
  },

  '`probe = "stream"`': async (edge, calls) => {
    const { request, response } = await open(edge.mcp);
    assert.equal(response.statusCode, 200);
    const chunks = response[Symbol.asyncIterator]();
    const { value } = await inTime(chunks.next(), 'the first event');
    request.destroy();
    shown(edge, String(value).trim());
    for (const [method, headers] of [
      ['POST', {}],
      ['HEAD', {}],
      ['GET', { 'mcp-protocol-version': '2025-11-25' }],
      ['GET', { accept: 'application/json' }],
    ]) {
      assert.equal((await edge.send('/mcp', { method, headers })).status, 401, method);
    }
    assert.deepEqual(calls, []);
  },

  'Mode `external`': async (edge, calls, issuer) => {
    const { authorization_servers: servers } = assertJson(await edge.get('/.well-known/oauth-protected-resource/mcp'), 200);
    assert.deepEqual(servers, [ISSUER]);
    assert.deepEqual(assertJson(await edge.get('/.well-known/oauth-authorization-server'), 200), issuer.metadata);
    assertJson(await edge.get('/.well-known/openid-configuration'), 404);
    const audience = 'https://mcp.example.com/mcp';
    for (const [token, status] of [
      [issuer.token(audience), 200],
      [issuer.token('https://mcp.example.com/other'), 401],
      [issuer.token(audience, { cnf: { jkt: 'x' } }), 401],
      [issuer.token(audience, { exp: 1 }), 401],
    ]) {
      assert.equal((await call(edge, token)).status, status);
    }
    const [{ url, headers }, ...others] = calls;
    assert.deepEqual([url, headers.get('authorization'), others], ['https://home.example.net:8383/mcp', null, []]);
    for (const path of ['/authorize', '/token', '/register', '/revoke', '/gatelodge']) assertJson(await edge.get(path), 404);
  },

  Aliases: async (edge, calls) => {
    const said = [];
    for (const line of blocks(MODES, 'console').flatMap(({ text }) => text.split('\n'))) {
      const [, path] = line.match(/^curl -i http:\/\/localhost:8787(\/\S+)/);
      const body = line.match(/ -d '([^']+)'/)?.[1];
      const json = line.includes('Content-Type: application/json') ? JSON.parse(body) : undefined;
      const form = body && !json ? new URLSearchParams(body) : undefined;
      const { status, headers, text } = await edge.send(path, { method: body ? 'POST' : 'GET', json, form });
      said.push([path, status, JSON.parse(text).error, Boolean(headers['www-authenticate']?.startsWith('Bearer '))]);
    }
    assert.deepEqual(said, [
      ['/mcp/.well-known/oauth-authorization-server', 200, undefined, false],
      ['/mcp/clients', 201, undefined, false],
      ['/oauth/token', 401, 'invalid_client', false],
      ['/mcp/auth', 401, 'invalid_token', true],
    ]);
    assert.deepEqual(calls, []);
  },

  'A server that speaks the older transport': async (edge, calls) => {
    const withToken = { authorization: `Bearer ${(await tokenFor(edge, '/sse')).access_token}` };
    const newer = await edge.post('/sse', { headers: withToken, json: {} });
    assert.equal(newer.status, 405);
    const { text } = await edge.get('/sse', { headers: { ...withToken, accept: 'text/event-stream' } });
    const [, place] = text.match(/^event: endpoint\ndata: (\/sse\?endpoint=\S+)\n\n: and so on\n\n$/) ?? assert.fail(text);
    assert.ok(MODES.includes('event: endpoint\ndata: /sse?endpoint=…\n'));
    assert.equal((await edge.post(place, { json: {} })).status, 401);
    assert.equal((await edge.post(place, { headers: withToken, json: {} })).status, 200);
    assert.deepEqual(
      calls.map(({ method, url }) => [method, url]),
      [
        ['GET', 'https://home.example.net:8383/sse'],
        ['POST', 'https://home.example.net:8383/messages?session=1'],
      ],
    );
  },

  'A site beside the mounts': async (edge, calls) => {
    await edge.get('/Home?x=1', { headers: { authorization: 'Bearer x', cookie: 'own=1; __Host-gatelodge-session=x' } });
    const [{ url, headers }] = calls.splice(0);
    assert.equal(url, 'https://wiki.example.net/Home?x=1');
    assert.deepEqual([headers.get('authorization'), headers.get('cookie')], [null, 'own=1']);
    const guarded = ['/MCP', '//mcp', '/%256dcp', '/token/x', '/gatelodge/x', '/.well-known/x'];
    for (const path of guarded) assertJson(await edge.get(path), 404);
    for (const path of ['/x%2fmcp', '/x%5cmcp', '/mcp%00', '/mcp/..;/x']) assertJson(await edge.get(path), 400);
    assertJson(await edge.get('/worker.js', { headers: { 'service-worker': 'script' } }), 403);
    assert.deepEqual(calls, []);
    const { tokens } = await connect(edge);
    await call(edge, tokens.access_token);
    await edge.get('/');
    assert.deepEqual(calls.map((one) => one.url), ['https://home.example.net:8383/mcp', 'https://wiki.example.net/']);
  },

  'Mode `open`': async (edge, calls) => {
    const reply = await edge.get('/.well-known/oauth-protected-resource/mcp');
    assert.equal(reply.status, 404);
    shown(edge, reply.text);
    assert.equal((await edge.post('/register', { json: {} })).text, reply.text);
    assert.deepEqual(calls, []);
    assert.equal((await call(edge, 'of another server', { headers: { cookie: 'a=b' } })).status, 200);
    assert.equal(calls[0].url, 'https://home.example.net:8383/mcp');
    for (const name of ['authorization', 'cookie']) assert.equal(calls[0].headers.get(name), null);
    assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] });
  },

  'An open server with a credential': async (edge, calls) => {
    assert.equal((await call(edge)).status, 200);
    assert.equal(calls[0].headers.get('x-api-key'), 'a long random text');
  },

  'Several mounts': async (edge, calls) => {
    const [mcp, notes] = [await tokenFor(edge, '/mcp'), await tokenFor(edge, '/notes')];
    assert.deepEqual([mcp.scope, notes.scope], ['mcp', 'notes:read notes:write']);
    assert.equal((await call(edge, mcp.access_token, { path: '/notes' })).status, 401);
    assert.equal((await call(edge, notes.access_token)).status, 401);
    assert.deepEqual(calls, []);
    await call(edge, mcp.access_token);
    await call(edge, notes.access_token, { path: '/notes' });
    assert.deepEqual(
      calls.map(({ url, headers }) => [url, headers.get('x-api-key')]),
      [
        ['https://home.example.net:8383/mcp', null],
        ['https://home.example.net:8384/notes', 'a long random text'],
      ],
    );
  },
};

/** What the servers of an example answer, where it is not `ANSWER`. */
const STREAM = 'event: endpoint\ndata: /messages?session=1\n\n: and so on\n\n';
const ANSWERS = {
  'A server that speaks the older transport': ({ method }) =>
    method === 'GET' ? new Response(STREAM, { headers: { 'content-type': 'text/event-stream' } }) : Response.json(ANSWER),
};

const EXAMPLES = blocks(MODES, 'sh');

test('each example has its test, and each test its example', () => {
  assert.deepEqual(EXAMPLES.map(({ heading }) => heading).sort(), Object.keys(PROMISES).sort());
});

for (const { heading, text } of EXAMPLES) {
  test(`${heading}: the example does what is promised`, async () => {
    const issuer = await startIssuer({ url: ISSUER });
    const toIssuer = reaching(issuer);
    const isIssuers = (request) => request.url.startsWith(`${ISSUER}/`);
    const answer = (request) => (isIssuers(request) ? toIssuer(request) : (ANSWERS[heading]?.(request) ?? Response.json(ANSWER)));
    try {
      await withExample(text, (edge, calls) => PROMISES[heading](edge, calls, issuer), answer);
    } finally {
      await issuer.stop();
    }
  });
}

test('a site beside the owner’s pages is a mistake unless it is trusted', async () => {
  const { text } = EXAMPLES.find(({ heading }) => heading === 'A site beside the mounts');
  await withExample(text.replace(' --set SITE_TRUSTED=true', ''), async (edge) => {
    const { problems } = assertJson(await edge.post('/mcp'), 503);
    assert.deepEqual(problems.map(({ key }) => key), ['SITE']);
  });
});

test('headers for an open mount are a mistake unless they are meant', async () => {
  const { text } = EXAMPLES.find(({ heading }) => heading === 'An open server with a credential');
  await withExample(text.replace(', "open_with_credentials": true', ''), async (edge) => {
    const { problems } = assertJson(await edge.post('/mcp'), 503);
    assert.deepEqual(problems.map(({ key }) => key), ['ORIGIN_HEADERS']);
  });
});

test('the same in wrangler.toml is the same to the Worker', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelodge-docs-'));
  try {
    const [{ text }] = blocks(MODES, 'toml');
    const config = join(folder, 'wrangler.toml');
    writeFileSync(config, text);
    const { vars } = unstable_readConfig({ config }, { hideWarnings: true });
    const edge = await startEdge({ ...vars, MOUNTS: JSON.stringify(vars.MOUNTS) });
    try {
      const { scopes_supported: scopes } = assertJson(await edge.get('/.well-known/oauth-protected-resource/notes'), 200);
      assert.deepEqual(scopes, ['notes:read', 'notes:write']);
    } finally {
      await edge.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The examples that wrangler.toml shows behind comment signs, as the Worker gets them. */
function commentedVars(folder) {
  const config = join(folder, 'wrangler.toml');
  const lines = read('wrangler.toml').split('\n').map((line) => line.replace(/^# (?=[A-Z_]+ = )/, ''));
  writeFileSync(config, lines.join('\n'));
  const { vars } = unstable_readConfig({ config }, { hideWarnings: true });
  return Object.fromEntries(
    Object.entries(vars).map(([key, value]) => [key, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

test('the settings that wrangler.toml shows are settings, all at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatelodge-docs-'));
  try {
    const vars = commentedVars(folder);
    for (const key of ['ORIGIN', 'MOUNTS', 'SITE', 'SITE_TRUSTED', 'CLIENTS']) assert.ok(key in vars, key);
    const edge = await startEdge(vars, { services: { HOME: () => new Response() } });
    try {
      // This is not PUBLIC_URL; a mistake would be told before that, with 503.
      assertJson(await edge.get('/.well-known/oauth-protected-resource/notes'), 421);
    } finally {
      await edge.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the settings in the README are settings', async () => {
  const commands = blocks(read('README.md'), 'sh').flatMap(({ text }) => text.split('\n'));
  const examples = commands.filter((line) => line.trim().startsWith('npm start -- --') && !line.includes('--help'));
  assert.ok(examples.length >= 2);
  for (const command of examples) {
    const edge = await startEdge(settingsOf(command.trim()));
    try {
      assert.equal((await edge.post('/mcp')).status, 401, command);
    } finally {
      await edge.stop();
    }
  }
});

describe('every address', () => {
  const ROWS = table(MODES, 'Every address').map(([addresses, methods, modes]) => ({
    addresses: quoted(addresses),
    methods: methods === 'all' ? undefined : methods.split(', '),
    modes: modes === 'all' ? ['owner', 'external', 'open'] : modes.split(', '),
  }));
  const MOUNTED = ROWS.filter(({ methods }) => !methods).flatMap(({ addresses }) => addresses);
  const METADATA = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` };
  const MODES_OF_A_MOUNT = {
    owner: { auth: 'owner' },
    external: { auth: 'external', issuer: ISSUER, audience: 'https://mcp.example.com/mcp' },
    open: { auth: 'open' },
  };

  test('that src/routes.rs knows is in the table', () => {
    const paths = [...read('src/routes.rs').matchAll(/"(\/[^"]*)"/g)].map(([, path]) => path);
    assert.ok(paths.length > 10);
    const documented = ROWS.flatMap(({ addresses }) => addresses).join('\n');
    for (const path of paths) assert.ok(documented.includes(path), path);
  });

  for (const [mode, mount] of Object.entries(MODES_OF_A_MOUNT)) {
    test(`is there in mode ${mode} with its methods and no other, with and without a slash, or a 404`, async () => {
      const outboundService = ({ url }) =>
        url.startsWith(ISSUER) ? Response.json(METADATA) : new Response('', { status: 530 });
      const edge = await startEdge({ MOUNTS: JSON.stringify([mount]) }, { outboundService });
      try {
        for (const { addresses, methods, modes } of ROWS.filter((row) => row.methods)) {
          for (const address of addresses.flatMap((path) => [path, `${path}/`])) {
            for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
              const { status } = await edge.send(address, { method });
              const what = `${method} ${address}: ${status}`;
              // A method that no document has is told first.
              if (!modes.includes(mode)) assert.ok([404, 405].includes(status) && (method !== 'GET' || status === 404), what);
              else if (methods.includes(method)) assert.ok(![404, 405, 500].includes(status), what);
              else assert.equal(status, 405, what);
            }
          }
        }
        for (const address of MOUNTED) {
          for (const method of ['POST', 'DELETE']) {
            assert.equal((await edge.send(address, { method })).status, mode === 'open' ? 502 : 401, `${method} ${address}`);
          }
        }
        for (const path of ['/elsewhere', '/mcp/elsewhere', '/.well-known/elsewhere']) assertJson(await edge.get(path), 404);
      } finally {
        await edge.stop();
      }
    });
  }
});
