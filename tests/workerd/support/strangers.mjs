// What strangers send, each kind with the status that it gets. What they hold of sealed values is forged, damaged, of another kind, of
// another issuer, or has expired.

import { basic, CALLBACK, challengeOf } from './client.mjs';
import { Signer } from './signer.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };
const VERIFIER = 'v'.repeat(43);
const DOCUMENTS = [
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-protected-resource/mcp/',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp',
  '/mcp/.well-known/oauth-protected-resource',
  '/mcp/.well-known/oauth-authorization-server',
  '/mcp/discover',
  '/.well-known/jwks.json',
];
const NOT_THERE = [
  '/.well-known/openid-configuration',
  '/.well-known/openid-configuration/mcp',
  '/.well-known/oauth-authorization-server/other',
  '/.well-known/oauth-protected-resource/other',
  '/.well-known/mcp',
];
export const SCANNED = [
  '/.env',
  '/.git/config',
  '/.aws/credentials',
  '/wp-login.php',
  '/wp-admin/',
  '/xmlrpc.php',
  '/admin',
  '/admin/login.php',
  '/phpmyadmin/index.php',
  '/actuator/env',
  '/server-status',
  '/cgi-bin/luci',
  '/api/v1/users',
  '/graphql',
  '/robots.txt',
  '/favicon.ico',
  '/mcp/../admin',
  '/mcp/messages',
  '/sse',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/token/.env',
  '/gatelodge/admin',
  '/backup.zip',
  '/index.php?s=/Index/think',
];
const DOCUMENTED = ['https://app.example/client.json', 'https://127.0.0.1/c', 'http://app.example/c', 'https://a.local/c', 'https://@x/c'];
const SIZES = [600, 2_000, 9_000];

/**
 * @param {object} edge the edge that is asked
 * @param {object} held a client, one with a secret, the names of the edge's `cookies`, a good page of `login`, and `values` that are of
 * no use
 */
export function strangers(edge, held) {
  const signer = new Signer('ES256', 'made-up');
  const damaged = (random, value) => {
    const at = random.below(value.length);
    return value.slice(0, at) + random.of(['A', 'x', '.', '_', '']) + value.slice(at + 1 + random.below(3));
  };
  /** Any value that is not good here: what it claims to be does not matter. */
  const bad = (random) => {
    const value = random.of(held.values);
    return random.chance(0.4) ? value : random.of([damaged(random, value), 'invented', '', 'x'.repeat(random.of(SIZES)), value.repeat(2)]);
  };
  const badClient = (random) => {
    for (;;) {
      const id = bad(random) || '-';
      if (id !== held.client.id && id !== held.secret.id) return id;
    }
  };
  const ask = (random, changes = {}) =>
    new URLSearchParams({
      client_id: held.client.id,
      redirect_uri: CALLBACK,
      response_type: 'code',
      state: String(random.below(1e9)),
      code_challenge: challengeOf(VERIFIER),
      code_challenge_method: 'S256',
      resource: edge.mcp,
      ...changes,
    });
  const form = (path, fields, headers) => ({ method: 'POST', path, form: new URLSearchParams(fields), headers });
  const presented = (random) =>
    random.chance(0.5)
      ? { grant_type: 'authorization_code', code: bad(random) || '-', code_verifier: VERIFIER }
      : { grant_type: 'refresh_token', refresh_token: bad(random) || '-' };
  const asserted = (random) => {
    const id = random.of(DOCUMENTED);
    return { client_id: id, ...signer.authenticate({ id, edge }) };
  };

  return {
    documents: (random) => ({ path: random.of(DOCUMENTS), method: random.of(['GET', 'HEAD']), status: [200] }),
    'documents that are not there': (random) => ({ path: random.of(NOT_THERE), status: [404] }),
    preflights: (random) => ({
      method: 'OPTIONS',
      path: random.of([...DOCUMENTS, '/token', '/register', '/revoke', '/mcp']),
      headers: { origin: 'http://localhost:6274', 'access-control-request-method': 'POST' },
      status: [204],
    }),
    'calls without a token': (random) => ({
      method: random.of(['GET', 'POST', 'DELETE', 'HEAD']),
      path: random.of(['/mcp', '/mcp/', '/mcp/auth']),
      status: [401, 405],
    }),
    'calls with a bad token': (random) => ({
      method: random.of(['GET', 'POST']),
      path: random.of(['/mcp', '/mcp/auth']),
      headers: { authorization: `${random.of(['Bearer', 'bearer', 'Basic', 'DPoP'])} ${bad(random)}`.trim() },
      status: [400, 401],
    }),
    'calls from a page': () => ({ method: 'POST', path: '/mcp', headers: { origin: 'https://evil.example' }, status: [403] }),
    registrations: (random) => ({
      method: 'POST',
      path: random.of(['/register', '/oauth/register', '/mcp/register', '/mcp/clients']),
      json: { client_name: `App ${random.below(1e6)}`, redirect_uris: [`https://app-${random.below(1e6)}.example/callback`] },
      status: [201],
    }),
    'bad registrations': (random) => ({
      method: 'POST',
      path: '/register',
      headers: JSON_TYPE,
      body: random.of(['', '{', '[]', 'null', '{}', '{"redirect_uris":["javascript:alert(1)"]}', '['.repeat(5_000), `"${'x'.repeat(70_000)}"`]),
      status: [400, 413],
    }),
    'authorization requests': (random) => ({ path: `${random.of(['/authorize', '/oauth/authorize'])}?${ask(random)}`, status: [200] }),
    'authorization requests by clients with a document': (random) => ({
      path: `/authorize?${ask(random, { client_id: random.of(DOCUMENTED) })}`,
      status: [200, 400],
    }),
    'bad authorization requests': (random) => {
      const changes = random.of([{ client_id: badClient(random) }, { redirect_uri: bad(random) || '-' }]);
      return { path: `/authorize?${ask(random, changes)}`, status: [400] };
    },
    'forged cookies': (random) => ({
      path: random.of(['/gatelodge', `/authorize?${ask(random)}`]),
      headers: { cookie: held.cookies.map((name) => `${name}=${bad(random)}`).join('; ') },
      status: [200],
    }),
    'forms with a forged ticket': (random) => ({
      ...form(random.of(['/authorize', '/gatelodge/sign-in', '/gatelodge/revoke', '/gatelodge/revoke-all', '/gatelodge/sign-out']), {
        ticket: bad(random),
        password: 'a guess',
        decision: 'approve',
        grant: 'x',
        all: 'yes',
      }),
      headers: { 'sec-fetch-site': 'same-origin', cookie: held.cookies.map((name) => `${name}=${bad(random)}`).join('; ') },
      status: [400, 403],
    }),
    "forms with a sign-in page's ticket": (random) => ({
      ...form(random.of(['/authorize', '/gatelodge/revoke', '/gatelodge/revoke-all', '/gatelodge/sign-out']), {
        ticket: held.login.ticket,
        decision: 'approve',
        grant: 'x',
        all: 'yes',
      }),
      headers: { 'sec-fetch-site': 'same-origin', cookie: held.login.cookie },
      status: [400],
    }),
    'sign-ins without one password': (random) => ({
      ...form('/gatelodge/sign-in', [
        ['ticket', held.login.ticket],
        ...random.of([[], [['password', 'a'], ['password', 'b']]]),
      ]),
      headers: { 'sec-fetch-site': 'same-origin', cookie: held.login.cookie },
      status: [400],
    }),
    'bad codes and refresh tokens': (random) => ({
      ...form(random.of(['/token', '/oauth/token', '/mcp/token']), { client_id: held.client.id, ...presented(random) }),
      status: [400],
    }),
    'bad codes and refresh tokens, with a secret': (random) => ({
      ...form('/token', presented(random), { authorization: basic(held.secret.id, held.secret.registration.client_secret) }),
      status: [400],
    }),
    'guessed secrets': (random) => ({
      ...form('/token', presented(random), { authorization: basic(held.secret.id, bad(random) || '-') }),
      status: [401],
    }),
    'unknown clients': (random) => ({ ...form('/token', { client_id: badClient(random), ...presented(random) }), status: [401] }),
    'made up signatures': (random) => ({
      ...form(random.of(['/token', '/revoke']), { ...presented(random), token: bad(random) || '-', ...asserted(random) }),
      status: [200, 400, 401],
    }),
    'revocations of what is not good': (random) => ({
      ...form('/revoke', { token: bad(random) || '-', ...(random.chance(0.5) && { client_id: held.client.id }) }),
      status: [200],
    }),
    'too much': (random) => ({
      ...form(random.of(['/token', '/revoke', '/register', '/authorize', '/gatelodge/sign-in']), { token: 'x'.repeat(70_000) }),
      status: [400, 413],
    }),
    scanners: (random) => ({ path: random.of(SCANNED), method: random.of(['GET', 'HEAD', 'POST']), status: [404] }),
    'other methods': (random) => ({
      path: random.of(['/token', '/register', '/revoke', '/gatelodge/sign-in', '/authorize']),
      method: random.of(['PUT', 'PATCH', 'DELETE']),
      status: [405],
    }),
  };
}
