// The examples of docs/examples/: each lets in what the edge has signed, and nothing else.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { SignJWT, exportSPKI, importJWK } from 'jose';

import { freePort } from '../../scripts/port.mjs';
import { newKey, startAssertingEdge } from './support/asserting_edge.mjs';
import { read } from './support/documents.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { carrying, prepareExamples, startExample, toolAnswer, whoami } from './support/origin_examples.mjs';
import { open, send } from './support/send.mjs';

const now = () => Math.floor(Date.now() / 1000);
const text = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What is refused by every example. Each row makes it for an edge and an audience. */
const REFUSED = {
  'nothing at all': () => undefined,
  'a text that is no JWT': () => 'let-me-in',
  'one that nobody signed (alg: none)': (edge, audience) =>
    `${text({ alg: 'none', kid: edge.key.jwk.kid, typ: 'JWT' })}.${text(edge.claims(audience))}.`,
  'one that is signed with the public key as a secret (HS256)': async (edge, audience) => {
    const secret = new TextEncoder().encode(await exportSPKI(await importJWK(edge.key.jwk)));
    const header = { alg: 'HS256', kid: edge.key.jwk.kid, typ: 'JWT' };
    return new SignJWT(edge.claims(audience)).setProtectedHeader(header).sign(secret);
  },
  'one whose claims were changed': async (edge, audience) => {
    const [header, , signature] = (await edge.sign(edge.claims(audience))).split('.');
    return [header, text(edge.claims(audience, { sub: 'somebody' })), signature].join('.');
  },
  'one by another key of the same name': async (edge, audience) =>
    edge.sign(edge.claims(audience), { ...(await newKey()), jwk: edge.key.jwk }),
  'one by a key that the edge does not have': async (edge, audience) => edge.sign(edge.claims(audience), await newKey()),
  'one that is over': changed(() => ({ iat: now() - 61, exp: now() - 1 })),
  'one that never ends': changed(() => ({ exp: undefined })),
  'one by another issuer': changed(() => ({ iss: 'https://edge.example' })),
  'one by nobody': changed(() => ({ iss: undefined })),
  'one for another origin': changed(() => ({ aud: 'https://home.example/mcp' })),
  'one for an audience that begins as this one': changed((audience) => ({ aud: `${audience}/more` })),
  'one for the beginning of this audience': changed((audience) => ({ aud: audience.slice(0, -1) })),
  'one for nobody': changed(() => ({ aud: undefined })),
};

/** What is refused besides by the examples that check identifier, method and URL. */
const REFUSED_STRICTLY = {
  'one without an identifier': changed(() => ({ jti: undefined })),
  'one for another method': changed(() => ({ htm: 'GET' })),
  'one for no method': changed(() => ({ htm: undefined })),
  'one for another path': changed((audience) => ({ htu: `${audience}/more` })),
  'one for another host': changed(() => ({ htu: 'https://home.example/mcp' })),
  'one for no URL': changed(() => ({ htu: undefined })),
};

function changed(changes) {
  return (edge, audience) => edge.sign(edge.claims(audience, changes(audience)));
}

test('the TypeScript example names the releases that are tested here', () => {
  const [example, tested] = ['docs/examples/typescript/package.json', 'package.json'].map((name) => JSON.parse(read(name)));
  for (const [name, release] of Object.entries(example.dependencies)) assert.equal(release, tested.devDependencies[name], name);
});

for (const example of await prepareExamples()) {
  describe(example.name, { skip: example.missing ?? false }, () => promises(example));
}

function promises(example) {
  let edge;
  let origin;
  /** Who was let in. */
  const callers = [];
  before(async () => {
    edge = await startAssertingEdge();
    origin = await startExample(example, { port: await freePort(), issuer: edge.url });
  });
  after(async () => {
    await origin?.stop();
    await edge?.stop();
  });

  const carried = (assertion) => carrying(example, assertion);

  async function letIn(assertion, client) {
    const reply = await whoami(origin.audience, carried(assertion));
    assert.equal(reply.status, 200, reply.text);
    callers.push(`owner, client ${client}`);
    assert.equal(toolAnswer(reply), callers.at(-1));
  }

  async function assertRefused(assertion, { url = origin.audience, ...options } = {}) {
    const reply = await whoami(url, carried(assertion), options);
    assert.ok([401, 403].includes(reply.status), `${reply.status} ${reply.text}`);
  }

  test('lets in what the edge has signed, and knows for whom', async () => {
    for (let times = 0; times < 2; times += 1) {
      const claims = edge.claims(origin.audience);
      await letIn(await edge.sign(claims), claims.client_id);
    }
  });

  test('serves a client of the SDK', { skip: !example.speaks && 'it is no whole MCP server' }, async () => {
    const claims = edge.claims(origin.audience);
    const signing = async (url, init) => {
      const assertion = await edge.sign({ ...claims, jti: randomBytes(16).toString('base64url'), htm: init.method });
      const headers = new Headers(init.headers);
      for (const [name, value] of Object.entries(carried(assertion))) headers.set(name, value);
      return fetch(url, { ...init, headers });
    };
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(new URL(origin.audience), { fetch: signing }));
    const { content } = await client.callTool({ name: 'whoami', arguments: {} });
    await client.close();
    callers.push(`owner, client ${claims.client_id}`);
    assert.equal(content[0].text, callers.at(-1));
  });

  for (const [what, make] of Object.entries(example.strict ? { ...REFUSED, ...REFUSED_STRICTLY } : REFUSED)) {
    test(`refuses ${what}`, async () => assertRefused(await make(edge, origin.audience)));
  }

  test('refuses before the body is there', async () => {
    const headers = { 'content-length': '100', 'content-type': 'application/json', ...carried('let-me-in') };
    const write = (request) => request.flushHeaders();
    const { request, response } = await inTime(open(origin.audience, { method: 'POST', headers, write }), 'the refusal');
    assert.equal(response.statusCode, 401);
    request.destroy();
  });

  describe('once, for one method and one URL', { skip: !example.strict && 'it does not check them' }, () => {
    test('refuses the second use', async () => {
      const claims = edge.claims(origin.audience);
      const assertion = await edge.sign(claims);
      await letIn(assertion, claims.client_id);
      await assertRefused(assertion);
    });

    test('of many uses at once lets in one', async () => {
      const claims = edge.claims(origin.audience);
      const assertion = await edge.sign(claims);
      const replies = await Promise.all(Array.from({ length: 10 }, () => whoami(origin.audience, carried(assertion))));
      callers.push(`owner, client ${claims.client_id}`);
      assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(9).fill(401)]);
    });

    test('refuses another method', async () => {
      for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS']) {
        await assertRefused(await edge.sign(edge.claims(origin.audience)), { method });
      }
    });

    test('refuses another URL', async () => {
      for (const more of ['/', '/more', '//mcp', '%2f']) {
        await assertRefused(await edge.sign(edge.claims(origin.audience)), { url: origin.audience + more });
      }
    });

    test('knows nobody on any path', async () => {
      for (const path of ['/', '/more', '/mcp/', '/.well-known/jwks.json']) {
        await assertRefused(undefined, { url: new URL(path, origin.audience).href });
      }
    });

    test('does not mind a query', async () => {
      const claims = edge.claims(origin.audience);
      const reply = await whoami(`${origin.audience}?a=b`, carried(await edge.sign(claims)));
      callers.push(`owner, client ${claims.client_id}`);
      assert.equal(toolAnswer(reply), callers.at(-1));
    });
  });

  test('has nothing on other paths', async () => {
    const url = `${origin.audience}/more`;
    const { status } = await send(url, { headers: carried(await edge.sign(edge.claims(origin.audience, { htm: 'GET', htu: url }))) });
    assert.equal(status, 404);
  });

  test('asks for the keys seldom, however many strangers name some', async () => {
    const before = edge.asked;
    for (let times = 0; times < 20; times += 1) await assertRefused(await edge.sign(edge.claims(origin.audience), await newKey()));
    assert.ok(edge.asked - before <= 2, `${edge.asked - before} times`);
  });

  test('finds a new key of the edge within ten seconds', async () => {
    edge.key = await newKey();
    await eventually(async () => {
      const claims = edge.claims(origin.audience);
      await letIn(await edge.sign(claims), claims.client_id);
    });
  });

  test('did nothing for those whom it refused', async () => {
    const expected = callers.map((caller) => `whoami: ${caller}`);
    await eventually(() => assert.deepEqual(origin.served, expected));
  });
}
