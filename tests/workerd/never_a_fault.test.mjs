// Whatever a stranger sends, in whatever combination: an answer, never a fault, and nothing kept.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { Seeded } from './support/seeded.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

const REQUESTS = 2_000;
const AT_ONCE = 20;

const PATHS = [
  '/',
  '/mcp',
  '/mcp/',
  '/authorize',
  '/token',
  '/register',
  '/revoke',
  '/gatelodge',
  '/gatelodge/sign-in',
  '/gatelodge/revoke',
  '/gatelodge/revoke-all',
  '/gatelodge/sign-out',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-authorization-server',
  '/.well-known/x',
  '/%00',
  '/%ff',
  '/..%2f..',
  '//',
  '/mcp;x=1',
  '/token/',
  '/%c3%bc',
];
const METHODS = ['GET', 'POST', 'POST', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'];
const NAMES = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'scope',
  'code_challenge',
  'code_challenge_method',
  'resource',
  'grant_type',
  'code',
  'code_verifier',
  'refresh_token',
  'client_secret',
  'token',
  'token_type_hint',
  'ticket',
  'password',
  'decision',
  'grant',
  'access_token',
];
const TYPES = [
  'application/x-www-form-urlencoded',
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=x',
  '',
  ';',
  'application/json; charset=utf-16',
];
const HEADERS = [
  'accept',
  'authorization',
  'cookie',
  'origin',
  'sec-fetch-site',
  'mcp-session-id',
  'mcp-protocol-version',
  'cf-connecting-ip',
  'if-none-match',
  'range',
  'expect-ct',
  'access-control-request-method',
  'access-control-request-headers',
  'last-event-id',
  'content-encoding',
  'referer',
];

let edge;
let origin;
let stored;
let values;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url });
  const { client, tokens } = await connect(edge);
  const own = await Client.register(edge, { token_endpoint_auth_method: 'client_secret_post' });
  stored = await edge.storage();
  // Not the good access token, and no good pair of client and refresh token: those may do something.
  values = [
    own.id,
    own.registration.client_secret,
    tokens.refresh_token.slice(0, -1),
    client.redirectUri,
    edge.mcp,
    edge.url,
    'null',
    '0',
    '-1',
    '',
    ' ',
    '\u0000',
    'a'.repeat(3_000),
    '%',
    '%00',
    '..',
    '../../x',
    '{"a":',
    '[]',
    '<script>',
    "'; --",
    'authorization_code',
    'refresh_token',
    'code',
    'S256',
    'same-origin',
    'Bearer x',
    'Bearer',
    'Basic ',
    'Basic eDp5',
    'text/html',
    'text/event-stream',
    '\u{1f3e1}',
    'gatelodge-session=x',
    '::1',
    '2001:db8::1',
    '999.1.1.1',
    'bytes=0-',
    '*',
    ',',
    ';',
    '=',
    '"',
  ];
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

function invent(random) {
  const pairs = Array.from({ length: random.below(8) }, () => [random.of(NAMES), random.of(values)]);
  const encoded = random.chance(0.8)
    ? String(new URLSearchParams(pairs))
    : pairs.map((pair) => pair.join('=')).join('&');
  const headers = {};
  for (let count = random.below(5); count > 0; count -= 1) {
    const value = random
      .of(values)
      .replace(/[^\x20-\x7e]/g, '')
      .trim();
    headers[random.of(HEADERS)] = value;
  }
  const method = random.of(METHODS);
  const inQuery = random.chance(0.4);
  // The platform itself turns away what cannot be part of a URL.
  const query = encoded.replace(/[^\w\-.~!$&'()*+,;=:@/?%]/g, '');
  const request = { method, headers, path: random.of(PATHS) + (inQuery ? `?${query}` : '') };
  if (method !== 'GET' && method !== 'HEAD' && !inQuery) {
    const json = random.chance(0.3);
    request.body = json ? JSON.stringify(Object.fromEntries(pairs)) : encoded;
    headers['content-type'] = random.of(TYPES);
  }
  return request;
}

for (const seed of [1, 2]) {
  test(`${REQUESTS} invented requests, seed ${seed}`, async () => {
    const random = new Seeded(seed);
    const seen = new Set();
    for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) {
      const requests = Array.from({ length: AT_ONCE }, () => invent(random));
      const replies = await Promise.all(requests.map(({ path, ...options }) => edge.send(path, options)));
      for (const [at, reply] of replies.entries()) {
        const what = `${JSON.stringify(requests[at]).slice(0, 600)}: HTTP ${reply.status} ${reply.text.slice(0, 200)}`;
        seen.add(reply.status);
        assert.ok(reply.status < 500, what);
        assert.notEqual(reply.status, 302, what);
        const isOpenedForm = /^(GET|HEAD)$/.test(requests[at].method) && requests[at].path.startsWith('/gatelodge/');
        if (reply.status === 303) assert.ok(isOpenedForm && reply.headers.location === '/gatelodge', what);
        assert.doesNotMatch(reply.text, /panicked|RuntimeError|\.rs:\d/, what);
        if (reply.bytes.length > 0)
          assert.match(reply.headers['content-type'], /^(application\/json|text\/html)\b/, what);
      }
    }
    for (const status of [200, 400, 401, 403, 404, 405])
      assert.ok(seen.has(status), `no answer was ${status}: the requests are too tame`);
    assert.deepEqual(await edge.storage(), stored);
    assert.deepEqual(origin.requests, []);
    assert.deepEqual(
      edge.log.filter((line) => /panicked|error/i.test(line)),
      [],
    );
  });
}
