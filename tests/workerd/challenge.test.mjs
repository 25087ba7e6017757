// What a caller without a good token is told: where to get one. Nothing else, and nothing of it from home.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, passes } from './support/eventually.mjs';
import { assertAdmitted, assertJson, assertNotAdmitted } from './support/expect.mjs';
import { call, PING } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH'];

let edge;
let origin;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url });
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

describe('without a token', () => {
  for (const path of ['/mcp', '/mcp/']) {
    for (const method of METHODS) {
      test(`${method} ${path} is challenged with the metadata's address and the scope (RS-20, RS-41 to RS-44, RS-51)`, async () => {
        const reply = await edge.send(path, { method });
        assert.equal(reply.status, 401);
        assert.equal(
          reply.headers['www-authenticate'],
          `Bearer resource_metadata="${edge.url}/.well-known/oauth-protected-resource${path}", scope="mcp"`,
        );
        assert.match(reply.headers['cache-control'], /no-store/);
        if (method === 'HEAD') assert.equal(reply.bytes.length, 0);
        else assert.equal(typeof assertJson(reply, 401).error, 'string');
      });
    }
  }

  test('the address in the challenge leads to the document of the URL that was called (RS-07)', async () => {
    for (const path of ['/mcp', '/mcp/']) {
      const [, address] = /resource_metadata="([^"]+)"/.exec((await edge.post(path)).headers['www-authenticate']);
      assert.equal((await edge.get(address.slice(edge.url.length))).json().resource, edge.url + path);
    }
  });

  const BODIES = [
    ['initialize', { json: { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} } }],
    ['server/discover', { json: { jsonrpc: '2.0', id: 1, method: 'server/discover' } }],
    ['a batch', { json: [PING, PING] }],
    ['broken JSON', { body: '{', headers: { 'content-type': 'application/json' } }],
    ['a form', { form: { access_token: 'x' } }],
    ['no body', {}],
    ['an unknown protocol version', { json: PING, headers: { 'mcp-protocol-version': '1999-01-01' } }],
  ];
  for (const [what, options] of BODIES) {
    test(`POST with ${what} is challenged before anything in it is judged`, async () => {
      const reply = await edge.post('/mcp', options);
      assert.equal(reply.status, 401);
      assert.doesNotMatch(reply.headers['www-authenticate'], /error/);
    });
  }

  for (const scheme of ['Basic dXNlcjpwYXNz', 'Digest username="x"', 'DPoP abc']) {
    test(`"${scheme}" is no token, so no error is named (RS-44)`, async () => {
      const reply = await edge.post('/mcp', { json: PING, headers: { authorization: scheme } });
      assert.equal(reply.status, 401);
      assert.doesNotMatch(reply.headers['www-authenticate'], /error/);
    });
  }
});

describe('with a bad token', () => {
  const golden = () =>
    new RegExp(
      `^Bearer resource_metadata="${edge.url}/.well-known/oauth-protected-resource/mcp", scope="mcp", ` +
        'error="invalid_token", error_description="[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+"$',
    );

  const BAD = [
    ['words', 'nonsense'],
    ['colons', 'a:b:c'],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.'],
    ['the fixed token of another server', 'sage-mcp-token-not-required'],
    ['signs outside the alphabet', '<script>alert(1)</script>'],
    ['8-bit bytes', 'caf\u00e9'],
    ['700 characters', 'x'.repeat(700)],
    ['20,000 characters', 'x'.repeat(20_000)],
  ];
  for (const [what, token] of BAD) {
    test(`${what}: 401 invalid_token, never 500 (RS-24, RS-45, RS-49, RS-50)`, async () => {
      const reply = await call(edge, token);
      assertJson(reply, 401);
      assert.match(reply.headers['www-authenticate'], golden());
    });
  }

  test('everything sealed that is not an access token is refused', async () => {
    const { client, code, tokens } = await connect(edge);
    for (const sealed of [client.id, code, tokens.refresh_token]) await assertNotAdmitted(edge, sealed);
  });

  test('a token of an edge with another key is refused, and so is a damaged one', async () => {
    const foreign = await startEdge({ GATELODGE_KEY: Buffer.alloc(32, 'f').toString('base64') });
    try {
      await assertNotAdmitted(edge, (await connect(foreign)).tokens.access_token);
    } finally {
      await foreign.stop();
    }
    const { access_token: good } = (await connect(edge)).tokens;
    for (const at of [0, 10, Math.floor(good.length / 2), good.length - 3]) {
      const damaged = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1);
      await assertNotAdmitted(edge, damaged);
    }
    for (const changed of [good.slice(0, -1), `${good}A`, good.toUpperCase()]) await assertNotAdmitted(edge, changed);
    await assertAdmitted(edge, good);
  });

  test('an expired token is refused (RS-24)', async () => {
    const brief = await startEdge({ ORIGIN: origin.url, ACCESS_TOKEN_SECONDS: '1' });
    try {
      const { tokens } = await connect(brief);
      await passes(1.2);
      await assertNotAdmitted(brief, tokens.access_token);
    } finally {
      await brief.stop();
    }
  });

  test('the origin is reached by no method with a bad token', async () => {
    const before = origin.requests.length;
    for (const method of METHODS) {
      const reply = await edge.send('/mcp', { method, headers: { authorization: 'Bearer nonsense' } });
      assert.equal(reply.status, 401, method);
    }
    assert.equal(origin.requests.length, before);
  });
});

describe('how a token is presented', () => {
  let token;
  before(async () => {
    token = (await connect(edge)).tokens.access_token;
  });

  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer ']) {
    test(`"${scheme}" is the scheme (RS-21)`, async () => {
      const reply = await call(edge, undefined, { headers: { authorization: `${scheme} ${token}` } });
      assert.equal(reply.status, 200, reply.text);
    });
  }

  test('both spellings of the endpoint are one resource', async () => {
    for (const path of ['/mcp', '/mcp/']) assert.equal((await call(edge, token, { path })).status, 200);
  });

  test('a token in the query is ignored, good or bad (RS-22)', async () => {
    const without = await call(edge, undefined, { path: `/mcp?access_token=${token}` });
    assert.equal(without.status, 401);
    assert.doesNotMatch(without.headers['www-authenticate'], /error/);
    assert.equal((await call(edge, token, { path: '/mcp?access_token=bad' })).status, 200);
  });

  test('two Authorization headers are 400 invalid_request (RS-23)', async () => {
    for (const second of [`Bearer ${token}`, 'Bearer other', 'Basic eDp5']) {
      const reply = await call(edge, undefined, { headers: { authorization: [`Bearer ${token}`, second] } });
      assert.equal(assertJson(reply, 400).error, 'invalid_request');
    }
  });

  test('a cookie or a session id is no token (RS-20)', async () => {
    const headers = { cookie: `access_token=${token}`, 'mcp-session-id': 'any' };
    assert.equal((await call(edge, undefined, { headers })).status, 401);
  });
});

test('a token for one server name is worth nothing under another (RS-25)', async () => {
  const { tokens } = await connect(edge);
  const elsewhere = edge.url.replace('localhost', '127.0.0.1');
  const reply = await call({ url: elsewhere }, tokens.access_token);
  assert.equal(reply.status, 401);
  assert.match(reply.headers['www-authenticate'], /error="invalid_token"/);
});

test('strangers cost no storage', async () => {
  const fresh = await startEdge();
  try {
    const client = await Client.register(fresh);
    for (const token of [undefined, 'nonsense', client.id]) {
      for (const method of METHODS) await call(fresh, token, { method });
    }
    await eventually(async () => assert.deepEqual(await fresh.storage(), { keys: [], ledgers: [] }));
  } finally {
    await fresh.stop();
  }
});
