// Tokens of another issuer, with real keys: what is signed by it for this mount is let in, and nothing else is.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { passes } from './support/eventually.mjs';
import { assertAdmitted, assertJson, assertNotAdmitted } from './support/expect.mjs';
import {
  jwt,
  jwtOfPublicKey,
  makeKey,
  makeWeakKey,
  privateJwk,
  publicJwk,
  reaching,
  startIssuer,
  unsignedJwt,
} from './support/issuer.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';

const ISSUER = 'https://auth.example';
const AUDIENCE = 'https://mcp.example.com/mcp';
const JWKS = '/oauth2/jwks';
const METADATA = '/.well-known/oauth-authorization-server';

let issuer;
let origin;

before(async () => {
  origin = await startOrigin();
  issuer = await startIssuer({ url: ISSUER, keys: [makeKey('RS256'), makeKey('ES256'), makeKey('EdDSA')] });
});
after(async () => {
  await issuer.stop();
  await origin.stop();
});
beforeEach(() => {
  origin.requests.length = 0;
});

function startFor(members = {}, outboundService = reaching(issuer)) {
  const mount = { path: '/mcp', auth: 'external', issuer: ISSUER, audience: AUDIENCE, ...members };
  const vars = { MOUNTS: JSON.stringify([mount]), ORIGIN: origin.url };
  return startEdge(vars, { outboundService });
}

async function assertRefused(edge, token) {
  origin.requests.length = 0;
  const reply = await assertNotAdmitted(edge, token);
  const challenge = reply.headers['www-authenticate'];
  assert.ok(challenge.includes(`resource_metadata="${edge.url}/.well-known/oauth-protected-resource/mcp"`), challenge);
  assert.deepEqual(origin.requests, []);
}

describe('a mount that takes the tokens of https://auth.example', () => {
  let edge;
  before(async () => {
    edge = await startFor();
  });
  after(() => edge.stop());

  for (const [index, alg] of ['RS256', 'ES256', 'EdDSA'].entries()) {
    describe(alg, () => {
      const token = (changes, options = {}) => issuer.token(AUDIENCE, changes, { key: issuer.keys[index], ...options });
      const now = () => Math.floor(Date.now() / 1000);

      test('a token of it is let in, and goes no further', async () => {
        for (const typ of ['at+jwt', 'JWT', undefined]) {
          const good = token({}, { header: { typ } });
          await assertAdmitted(edge, good);
          assert.equal(origin.last.headers.authorization, undefined, 'RS-26');
          assert.ok(!JSON.stringify(origin.last.rawHeaders).includes(good), 'RS-26');
        }
      });

      const WRONG = [
        ['another issuer', () => token({ iss: 'https://other.example' })],
        ['the issuer with a slash', () => token({ iss: `${ISSUER}/` })],
        ['another audience', () => token({ aud: 'https://other.example/mcp' })],
        ['no audience', () => token({ aud: undefined })],
        ['expired', () => token({ exp: now() - 61 })],
        ['no expiry', () => token({ exp: undefined })],
        ['not yet valid', () => token({ nbf: now() + 120 })],
        ['no subject', () => token({ sub: undefined })],
        ['an ID token', () => token({ nonce: 'n' })],
        ['another type', () => token({}, { header: { typ: 'logout+jwt' } })],
        ['a critical extension', () => token({}, { header: { crit: ['b64'], b64: true } })],
        ['unsigned', () => unsignedJwt(issuer.claims(AUDIENCE), { kid: issuer.keys[index].kid })],
        ['HS256 with the public key as its secret', () => jwtOfPublicKey(issuer.keys[index], issuer.claims(AUDIENCE))],
        ['another key of the same name', () => token({}, { key: makeKey(alg, issuer.keys[index].kid) })],
        ['a key that it brings along', () => {
          const own = makeKey(alg);
          return token({}, { key: own, header: { kid: undefined, jwk: publicJwk(own), jku: 'https://evil.example/keys' } });
        }],
        ['the name of a key of another kind', () => {
          const { kid } = issuer.keys[(index + 1) % 3];
          return token({}, { header: { kid } });
        }],
        ['a changed claim', () => {
          const [header, , signature] = token().split('.');
          const claims = Buffer.from(JSON.stringify(issuer.claims(AUDIENCE, { sub: 'mallory' }))).toString('base64url');
          return [header, claims, signature].join('.');
        }],
        ['a cut signature', () => token().slice(0, -8)],
        ['no signature', () => token().replace(/\.[^.]*$/, '.')],
        ['padding', () => `${token()}=`],
      ];
      for (const [what, make] of WRONG) test(`refused: ${what}`, () => assertRefused(edge, make()));
    });
  }

  test('a token in the query is no token (RS-22)', async () => {
    const reply = await call(edge, undefined, { path: `/mcp?access_token=${issuer.token(AUDIENCE)}` });
    assert.equal(reply.status, 401);
    assert.doesNotMatch(reply.headers['www-authenticate'], /error=/);
  });

  test('nothing of all this was stored, and the issuer was asked for each document once', async () => {
    assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] });
    assert.equal(issuer.count(METADATA), 1);
    assert.ok(issuer.count(JWKS) <= 2, 'once, and once for keys that nobody knows');
  });
});

describe('keys', () => {
  const withKeys = async (jwks, run) => {
    issuer.jwks = jwks;
    issuer.asked.length = 0;
    const edge = await startFor();
    try {
      await run(edge);
    } finally {
      issuer.jwks = undefined;
      await edge.stop();
    }
  };

  test('that are weak, secret, symmetric or for something else are never used', async () => {
    const weak = makeWeakKey();
    const [shown, encrypting, other] = [makeKey('RS256'), makeKey('ES256'), makeKey('RS256')];
    const symmetric = { kty: 'oct', kid: 'oct', alg: 'HS256', k: Buffer.alloc(32, 'k').toString('base64url') };
    const offCurve = { ...publicJwk(makeKey('ES256', 'off')), x: Buffer.alloc(32, 1).toString('base64url') };
    const jwks = [
      publicJwk(weak),
      privateJwk(shown),
      { ...publicJwk(encrypting), use: 'enc' },
      { ...publicJwk(other), alg: 'RS512' },
      symmetric,
      offCurve,
      publicJwk(issuer.keys[0]),
    ];
    await withKeys(jwks, async (edge) => {
      for (const key of [weak, shown, encrypting, other, makeKey('ES256', 'off')]) {
        await assertRefused(edge, issuer.token(AUDIENCE, {}, { key }));
      }
      await assertAdmitted(edge, issuer.token(AUDIENCE));
    });
  });

  test('may be named or not', async () => {
    const { kid: _, ...unnamed } = publicJwk(issuer.keys[1]);
    await withKeys([unnamed], async (edge) => {
      const key = issuer.keys[1];
      await assertAdmitted(edge, issuer.token(AUDIENCE, {}, { key, header: { kid: undefined } }));
      await assertRefused(edge, issuer.token(AUDIENCE, {}, { key }));
    });
  });

  test('that are new are found by one fetch, and unknown ones cause no more', async () => {
    const [first, second] = [makeKey('ES256'), makeKey('ES256')];
    await withKeys([publicJwk(first)], async (edge) => {
      await assertAdmitted(edge, issuer.token(AUDIENCE, {}, { key: first }));
      assert.deepEqual(issuer.asked, [METADATA, JWKS]);
      issuer.jwks = [publicJwk(first), publicJwk(second)];
      await assertAdmitted(edge, issuer.token(AUDIENCE, {}, { key: second }));
      assert.deepEqual(issuer.asked, [METADATA, JWKS, JWKS]);
      const strangers = Array.from({ length: 30 }, () => issuer.token(AUDIENCE, {}, { key: makeKey('ES256') }));
      await Promise.all(strangers.map((token) => assertNotAdmitted(edge, token)));
      assert.equal(issuer.count(JWKS), 2);
    });
  });
});

describe('an issuer that does not answer', () => {
  const FAILURES = [
    ['refuses the connection', () => issuer.stop(), () => issuer.start()],
    ['answers 500', () => (issuer.answer = (response) => response.writeHead(500).end('fault'))],
    ['answers with a page', () => {
      issuer.answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    }],
    ['redirects', () => {
      issuer.answer = (response) => response.writeHead(302, { location: 'https://evil.example/' }).end();
    }],
    ['answers for ever', () => {
      issuer.answer = (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(' '.repeat(100_000));
      };
    }],
    ['speaks for another', () => (issuer.changes = { issuer: 'https://evil.example' })],
  ];
  for (const [what, fail, heal = () => {}] of FAILURES) {
    test(`${what}: nobody is let in who was not known, discovery goes on, and it heals`, async () => {
      const edge = await startFor();
      try {
        await fail();
        const token = issuer.token(AUDIENCE);
        const reply = await call(edge, token);
        const body = assertJson(reply, 503);
        assert.equal(body.jsonrpc, '2.0');
        assert.ok(Number(reply.headers['retry-after']) > 0);
        assert.equal(reply.headers['www-authenticate'], undefined);
        assert.deepEqual(origin.requests, []);
        const missing = await edge.get(METADATA);
        assert.equal(assertJson(missing, 404).error, 'not_found');
        assert.match(missing.headers['cache-control'], /no-store/);
        assertJson(await edge.get('/.well-known/oauth-protected-resource/mcp'), 200);

        issuer.answer = undefined;
        issuer.changes = {};
        await heal();
        await assertAdmitted(edge, token);
        assert.equal(assertJson(await edge.get(METADATA), 200).issuer, ISSUER);
      } finally {
        await edge.stop();
      }
    });
  }

  test('hangs: the answer comes after three seconds', async () => {
    const edge = await startFor();
    try {
      issuer.answer = () => {};
      const began = Date.now();
      assertJson(await call(edge, issuer.token(AUDIENCE)), 503);
      const took = Date.now() - began;
      assert.ok(took >= 2_900 && took < 6_000, `${took} ms`);
    } finally {
      issuer.answer = undefined;
      await edge.stop();
    }
  });

  test('goes away later: whoever could come in still can', async () => {
    const edge = await startFor();
    try {
      await assertAdmitted(edge, issuer.token(AUDIENCE));
      const metadata = await edge.get(METADATA);
      await issuer.stop();
      for (const key of issuer.keys) await assertAdmitted(edge, issuer.token(AUDIENCE, {}, { key }));
      await assertRefusedWhileUp(edge);
      assert.deepEqual((await edge.get(METADATA)).bytes, metadata.bytes);
    } finally {
      await issuer.start();
      await edge.stop();
    }
  });

  async function assertRefusedWhileUp(edge) {
    await assertNotAdmitted(edge, issuer.token(AUDIENCE, {}, { key: makeKey('RS256') }));
    await assertNotAdmitted(edge, issuer.token('https://other.example'));
  }
});

test('a token that was let in is refused a minute after its expiry', async () => {
  const edge = await startFor();
  try {
    const exp = Math.floor(Date.now() / 1000) - 58;
    const token = issuer.token(AUDIENCE, { exp });
    await assertAdmitted(edge, token);
    await passes(3);
    await assertNotAdmitted(edge, token);
  } finally {
    await edge.stop();
  }
});

test('scopes that the mount names are needed, all of them (RS-46)', async () => {
  const edge = await startFor({ scopes: ['wiki:read', 'wiki:write'] });
  try {
    await assertAdmitted(edge, issuer.token(AUDIENCE, { scope: 'openid wiki:write wiki:read' }));
    origin.requests.length = 0;
    const reply = await call(edge, issuer.token(AUDIENCE, { scope: 'wiki:read' }));
    assert.equal(assertJson(reply, 403).error, 'insufficient_scope');
    assert.match(reply.headers['www-authenticate'], /scope="wiki:read wiki:write", error="insufficient_scope"/);
    assert.deepEqual(origin.requests, []);
  } finally {
    await edge.stop();
  }
});

test('a session belongs to its subject (TR-28)', async () => {
  const edge = await startFor();
  origin.answer = (response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'abc' }).end('{}');
  try {
    const session = (await assertAdmitted(edge, issuer.token(AUDIENCE))).headers['mcp-session-id'];
    assert.notEqual(session, 'abc');
    const headers = { 'mcp-session-id': session };
    assert.equal((await call(edge, issuer.token(AUDIENCE), { headers })).status, 200);
    assert.equal(origin.last.headers['mcp-session-id'], 'abc');
    const other = issuer.token(AUDIENCE, { sub: 'user_02' });
    assert.equal((await call(edge, other, { headers })).status, 404);
  } finally {
    await edge.stop();
  }
});
