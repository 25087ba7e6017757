// Clients that sign to say who they are, with keys as they really are (AS-56, RFC 7523).

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, describe, test } from 'node:test';

import { CALLBACK, Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { eventually } from './support/eventually.mjs';
import { startOrigin } from './support/origin.mjs';
import { obtainCode } from './support/sign_in.mjs';
import { Signer } from './support/signer.mjs';
import { World } from './support/world.mjs';

let edge;
let origin;
let world;
let serial = 0;

before(async () => {
  origin = await startOrigin();
  world = new World(origin);
  const vars = { ORIGIN: origin.url, GRANT_CACHE_SECONDS: '1', PUBLIC_URL: 'https://mcp.example.com' };
  edge = await startEdge(vars, { outboundService: world.service });
  edge.publishAs('https://mcp.example.com');
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  world.asked.length = 0;
});

/** A client that signs, with its keys at an address of their own. */
function signing(alg = 'ES256', members = {}) {
  const host = `https://signing-${(serial += 1)}.example`;
  const signer = new Signer(alg, `key-${serial}`);
  const document = {
    client_id: `${host}/client.json`,
    client_name: 'Signing',
    jwks_uri: `${host}/keys.json`,
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'private_key_jwt',
    ...members,
  };
  world.put(document.client_id, document);
  world.put(`${host}/keys.json`, { keys: [signer.jwk] });
  return { client: new Client(edge, document), signer };
}

async function connected(alg) {
  const { client, signer } = signing(alg);
  const { code, verifier } = await obtainCode(edge, { client });
  const tokens = assertTokens(await client.redeem(code, verifier, signer.authenticate(client)));
  return { client, signer, tokens };
}

for (const alg of ['ES256', 'RS256']) {
  test(`a client that signs with ${alg} connects, refreshes and revokes`, async () => {
    const { client, signer, tokens } = await connected(alg);
    await assertAdmitted(edge, tokens.access_token);
    const next = assertTokens(await client.refresh(tokens.refresh_token, signer.authenticate(client)));
    await assertAdmitted(edge, next.access_token);

    assertOauthError(await client.refresh(next.refresh_token), 401, 'invalid_client');
    assertOauthError(await client.revoke(next.refresh_token), 401, 'invalid_client');
    await assertAdmitted(edge, next.access_token);
    assert.equal((await client.revoke(next.refresh_token, signer.authenticate(client))).status, 200);
    await eventually(() => assertNotAdmitted(edge, next.access_token));
    assert.equal(world.asked.length, 2, 'the document and the keys are asked for once');
  });
}

test('the assertion alone may name the client, and may be for the token endpoint', async () => {
  const { client, signer } = signing();
  const { code, verifier } = await obtainCode(edge, { client });
  const proof = signer.authenticate(client, { aud: [edge.url, `${edge.url}/token`] });
  assertTokens(await client.redeem(code, verifier, { ...proof, client_id: undefined }));
});

test('keys in the document do as well', async () => {
  const signer = new Signer('ES256');
  const { client } = signing('ES256', { jwks: { keys: [signer.jwk] }, jwks_uri: undefined });
  const { code, verifier } = await obtainCode(edge, { client });
  assertTokens(await client.redeem(code, verifier, signer.authenticate(client)));
});

test('ChatGPT, which offers a signature or none, may come with one', async () => {
  const { client, signer } = signing('RS256', { token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] });
  const { code, verifier } = await obtainCode(edge, { client });
  const tokens = assertTokens(await client.redeem(code, verifier, signer.authenticate(client)));
  assertTokens(await client.refresh(tokens.refresh_token));
});

describe('an assertion', () => {
  test('counts once: a replay is refused and changes nothing', async () => {
    const { client, signer, tokens } = await connected();
    const proof = signer.authenticate(client);
    const next = assertTokens(await client.refresh(tokens.refresh_token, proof));
    assertOauthError(await client.refresh(next.refresh_token, proof), 401, 'invalid_client');
    assertTokens(await client.refresh(next.refresh_token, signer.authenticate(client)));
  });

  test('counts once in a race too', async () => {
    const { client, signer, tokens } = await connected();
    const proof = signer.authenticate(client);
    const replies = await Promise.all(Array.from({ length: 20 }, () => client.refresh(tokens.refresh_token, proof)));
    assert.equal(replies.filter((reply) => reply.status === 200).length, 1);
    for (const reply of replies.filter((reply) => reply.status !== 200)) assertOauthError(reply, 401, 'invalid_client');
  });

  const soon = () => Math.floor(Date.now() / 1000);
  const WRONG = [
    ['of a key that is not the client’s', (client) => new Signer('ES256').authenticate(client)],
    ['that says it has another key', (client, signer) => signer.authenticate(client, {}, { kid: 'other' })],
    ['by another algorithm than its key', (client, signer) => signer.authenticate(client, {}, { alg: 'RS256' })],
    ['without a signature', (client, signer) => signer.authenticate(client, {}, { alg: 'none' })],
    ['with a shared secret', (client, signer) => signer.authenticate(client, {}, { alg: 'HS256' })],
    ['that brings its own key', (client) => {
      const own = new Signer('ES256');
      return own.authenticate(client, {}, { jwk: own.jwk });
    }],
    ['for another server', (client, signer) => signer.authenticate(client, { aud: 'https://other.example' })],
    ['about another client', (client, signer) => signer.authenticate(client, { sub: 'https://other.example/c' })],
    ['by another issuer', (client, signer) => signer.authenticate(client, { iss: 'https://other.example/c' })],
    ['that has expired', (client, signer) => signer.authenticate(client, { exp: soon() - 120 })],
    ['that lives for a day', (client, signer) => signer.authenticate(client, { exp: soon() + 86_400 })],
    ['that never expires', (client, signer) => signer.authenticate(client, { exp: undefined })],
    ['from the future', (client, signer) => signer.authenticate(client, { nbf: soon() + 600 })],
    ['without a name', (client, signer) => signer.authenticate(client, { jti: undefined })],
    ['that is an access token', (client, signer) => signer.authenticate(client, {}, { typ: 'at+jwt' })],
  ];
  for (const [what, wrong] of WRONG) {
    test(`${what} is refused and spends nothing`, async () => {
      const { client, signer } = signing();
      const { code, verifier } = await obtainCode(edge, { client });
      assertOauthError(await client.redeem(code, verifier, wrong(client, signer)), 401, 'invalid_client');
      assertTokens(await client.redeem(code, verifier, signer.authenticate(client)));
    });
  }

  test('beside junk makes the edge ask nobody and store nothing', async () => {
    const { client, signer } = signing();
    const before = await edge.storage();
    for (const refreshToken of ['gl_refresh.x.y', 'x'.repeat(1_000)]) {
      assertOauthError(await client.refresh(refreshToken, signer.authenticate(client)), 400, 'invalid_grant');
      assert.equal((await client.revoke(refreshToken, signer.authenticate(client))).status, 200);
    }
    assert.deepEqual(await edge.storage(), before);
    assert.deepEqual(world.asked, []);
  });
});

/** How many assertions the Ledgers of all clients remember. */
async function remembered(folder) {
  const ledgers = join(folder, 'do', 'gatelodge-Ledger');
  let count = 0;
  for (const file of await readdir(ledgers)) {
    if (!file.endsWith('.sqlite') || file === 'metadata.sqlite') continue;
    const database = new DatabaseSync(join(ledgers, file), { readOnly: true });
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_cf_KV'").all();
    if (tables.length > 0) {
      count += database.prepare("SELECT count(*) AS found FROM _cf_KV WHERE key LIKE 'assertion/%'").get().found;
    }
    database.close();
  }
  return count;
}

test('an assertion is forgotten when it has expired', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatelodge-assertions-'));
  const vars = { ORIGIN: origin.url, PUBLIC_URL: 'https://own.example.com' };
  const own = await startEdge(vars, { outboundService: world.service, persist: folder });
  own.publishAs('https://own.example.com');
  try {
    const { client, signer } = signing();
    client.edge = own;
    const { code, verifier } = await obtainCode(own, { client });
    // A minute is allowed for clocks that go wrong: this one is of use for three seconds more.
    const old = signer.authenticate(client, { exp: Math.floor(Date.now() / 1000) - 57 });
    assertTokens(await client.redeem(code, verifier, old));
    assert.equal(await remembered(folder), 1);
    await eventually(async () => assert.equal(await remembered(folder), 0));
  } finally {
    await own.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
