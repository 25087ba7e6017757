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
import { call } from './support/mcp_call.mjs';
import { open } from './support/send.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const MODES = read('docs/modes.md');
const ANSWER = { jsonrpc: '2.0', id: 1, result: {} };

/** An edge with the settings of an example, and what reached the servers that it names. */
async function withExample(command, use) {
  const calls = [];
  const outboundService = (request) => {
    calls.push({ url: request.url, headers: request.headers });
    return Response.json(ANSWER);
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

const EXAMPLES = blocks(MODES, 'sh');

test('each example has its test, and each test its example', () => {
  assert.deepEqual(EXAMPLES.map(({ heading }) => heading).sort(), Object.keys(PROMISES).sort());
});

for (const { heading, text } of EXAMPLES) {
  test(`${heading}: the example does what is promised`, () => withExample(text, PROMISES[heading]));
}

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
  const ROWS = table(MODES, 'Every address').map(([addresses, methods]) => ({
    addresses: quoted(addresses),
    methods: methods === 'all' ? undefined : methods.split(', '),
  }));
  const MOUNTED = ROWS.filter(({ methods }) => !methods).flatMap(({ addresses }) => addresses);

  test('that src/routes.rs knows is in the table', () => {
    const [source] = read('src/routes.rs').split('#[cfg(test)]');
    const paths = [...source.matchAll(/"(\/[^"]*)"/g)].map(([, path]) => path);
    assert.ok(paths.length > 10);
    const documented = ROWS.flatMap(({ addresses }) => addresses).join('\n');
    for (const path of paths) assert.ok(documented.includes(path), path);
  });

  test('is there with its methods and no other, with and without a slash', async () => {
    const edge = await startEdge();
    try {
      for (const { addresses, methods } of ROWS.filter((row) => row.methods)) {
        for (const address of addresses.flatMap((path) => [path, `${path}/`])) {
          for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
            const { status } = await edge.send(address, { method });
            const what = `${method} ${address}: ${status}`;
            if (methods.includes(method)) assert.ok(![404, 405, 500].includes(status), what);
            else assert.equal(status, 405, what);
          }
        }
      }
      for (const address of MOUNTED) {
        for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await edge.send(address, { method })).status, 401);
      }
      assertJson(await edge.get('/.well-known/openid-configuration'), 404);
    } finally {
      await edge.stop();
    }
  });

  test('but the first two rows is absent in mode open', async () => {
    const edge = await startEdge({ MOUNTS: '[{"auth":"open"}]' });
    try {
      assert.deepEqual(MOUNTED, ['/mcp', '/']);
      for (const address of ROWS.filter((row) => row.methods).flatMap(({ addresses }) => addresses)) {
        for (const method of ['GET', 'POST']) assertJson(await edge.send(address, { method }), 404);
      }
      for (const address of MOUNTED) assert.equal((await edge.post(address)).status, 502, 'nobody is at home');
    } finally {
      await edge.stop();
    }
  });
});
