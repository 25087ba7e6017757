// Which web pages may call (TR-02), and that those that may can read every answer, errors included.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

const ALLOWED = [
  'http://localhost',
  'http://localhost:6274',
  'http://127.0.0.1:8940',
  'http://[::1]:3000',
  'https://claude.ai',
  'https://chatgpt.com',
  'https://added.example',
];
const REFUSED = [
  'null',
  'https://evil.example',
  'http://localhost.evil.example',
  'https://claude.ai.evil.example',
  'https://evil.example/claude.ai',
  'http://127.0.0.1.evil.example',
  'http://claude.ai',
  'file://',
  'chrome-extension://abcdefgh',
  'https://added.example:8443',
];
const EXPOSED = ['WWW-Authenticate', 'Mcp-Session-Id'];
const CLIENT_HEADERS =
  'authorization,content-type,mcp-protocol-version,mcp-session-id,last-event-id,mcp-method,mcp-name';

let edge;
let origin;
let token;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url, ALLOWED_ORIGINS: '["https://added.example"]' });
  token = (await connect(edge)).tokens.access_token;
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

function assertReadable(reply, from) {
  assert.equal(reply.headers['access-control-allow-origin'], from, `HTTP ${reply.status}`);
  assert.equal(reply.headers['access-control-allow-credentials'], undefined);
  assert.match(reply.headers.vary ?? '', /origin/i);
}

function assertExposes(reply) {
  const exposed = (reply.headers['access-control-expose-headers'] ?? '').toLowerCase();
  for (const name of EXPOSED) assert.ok(exposed.includes(name.toLowerCase()), `${name} in "${exposed}"`);
}

describe('a page that may call', () => {
  test('is one on the edge itself', async () => {
    const reply = await call(edge, token, { headers: { origin: edge.url } });
    assert.equal(reply.status, 200);
  });

  for (const from of ALLOWED) {
    test(`from ${from} reads results, challenges and refusals`, async () => {
      const answers = [
        [200, await call(edge, token, { headers: { origin: from } })],
        [
          202,
          await call(edge, token, {
            headers: { origin: from },
            message: { jsonrpc: '2.0', method: 'notifications/x' },
          }),
        ],
        [401, await call(edge, undefined, { headers: { origin: from } })],
        [401, await call(edge, 'nonsense', { headers: { origin: from } })],
        [405, await call(edge, token, { method: 'GET', headers: { origin: from, accept: 'text/event-stream' } })],
      ];
      for (const [status, reply] of answers) {
        assert.equal(reply.status, status, reply.text);
        assertReadable(reply, from);
        assertExposes(reply);
      }
    });
  }

  for (const method of ['GET', 'POST', 'DELETE']) {
    test(`may ask for ${method} before it has a token`, async () => {
      const reply = await edge.send('/mcp', {
        method: 'OPTIONS',
        headers: {
          'access-control-request-headers': CLIENT_HEADERS,
          'access-control-request-method': method,
          origin: 'https://claude.ai',
        },
      });
      assert.equal(reply.status, 204);
      assertReadable(reply, 'https://claude.ai');
      assert.match(reply.headers['access-control-allow-methods'], new RegExp(`\\b${method}\\b`));
      const allowed = reply.headers['access-control-allow-headers'].toLowerCase();
      for (const name of CLIENT_HEADERS.split(',')) assert.ok(allowed.includes(name), name);
    });
  }
});

test('preflight allows the parameters of a tool that a page asks for, and no other header of its choice', async () => {
  const reply = await edge.send('/mcp', {
    method: 'OPTIONS',
    headers: {
      'access-control-request-headers': 'content-type, mcp-param-region,Mcp-Param-Tenant-Id, x-evil, mcp-parameter, mcp-param-b d',
      'access-control-request-method': 'POST',
      origin: 'https://claude.ai',
    },
  });
  assert.equal(reply.status, 204);
  const allowed = reply.headers['access-control-allow-headers'].toLowerCase().split(/, */);
  const parameters = allowed.filter((name) => /^(mcp-param|x-)/.test(name));
  assert.deepEqual(parameters, ['mcp-param-region', 'mcp-param-tenant-id']);
});

describe('any other page', () => {
  for (const from of REFUSED) {
    test(`(${from}) is refused with every method, before authentication and with a good token`, async () => {
      const before = origin.requests.length;
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD']) {
        for (const bearer of [undefined, token]) {
          const reply = await call(edge, bearer, { method, headers: { origin: from } });
          assert.equal(reply.status, 403, `${method} ${reply.text}`);
          assert.equal(reply.headers['access-control-allow-origin'], undefined);
        }
      }
      assert.equal(origin.requests.length, before);
    });
  }
});

test('without an Origin header a caller is no page, and is judged by its token alone', async () => {
  assert.equal((await call(edge, token)).status, 200);
});

test('registration, token and revocation may be called by every page (AS-93)', async () => {
  for (const path of ['/register', '/token', '/revoke']) {
    const preflight = await edge.send(path, {
      method: 'OPTIONS',
      headers: {
        'access-control-request-headers': 'content-type,authorization',
        'access-control-request-method': 'POST',
        origin: 'https://anyone.example',
      },
    });
    assert.equal(preflight.status, 204, path);
    assert.equal(preflight.headers['access-control-allow-origin'], '*');
    assert.match(preflight.headers['access-control-allow-methods'], /\bPOST\b/);
    const refused = await edge.post(path, { headers: { origin: 'https://anyone.example' }, form: { x: '1' } });
    assert.equal(refused.status, 400, path);
    assert.equal(refused.headers['access-control-allow-origin'], '*');
  }
});

test('the pages are for nobody else (AS-20)', async () => {
  for (const path of ['/authorize', '/gatelodge']) {
    const reply = await edge.get(path, { headers: { origin: 'https://claude.ai' } });
    assert.equal(reply.headers['access-control-allow-origin'], undefined, path);
  }
});
