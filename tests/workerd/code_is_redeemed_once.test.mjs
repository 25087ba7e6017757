// One code is one redemption, whatever races (AS-84), and an attempt that could never have succeeded spends nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually, passes } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { Client } from './support/client.mjs';
import { obtainCode } from './support/sign_in.mjs';

const { edge, origin } = await edgeAndHome({ GRANT_CACHE_SECONDS: '1' });

test('50 parallel redemptions give one success, 49 refusals and no grant (AS-84)', async () => {
  const { client, code, verifier } = await obtainCode(edge);
  const replies = await Promise.all(Array.from({ length: 50 }, () => client.redeem(code, verifier)));

  const successes = replies.filter((reply) => reply.status === 200);
  assert.equal(successes.length, 1);
  for (const reply of replies.filter((reply) => reply.status !== 200)) assertOauthError(reply, 400, 'invalid_grant');

  const tokens = assertTokens(successes[0]);
  await eventually(() => assertNotAdmitted(edge, tokens.access_token));
  assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
});

test('a second redemption revokes what the first one got (AS-84)', async () => {
  const { client, code, verifier } = await obtainCode(edge);
  const tokens = assertTokens(await client.redeem(code, verifier));
  await assertAdmitted(edge, tokens.access_token);

  assertOauthError(await client.redeem(code, verifier), 400, 'invalid_grant');

  await eventually(() => assertNotAdmitted(edge, tokens.access_token));
  assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
});

const FUTILE = [
  ['a wrong verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
  ['no verifier', { code_verifier: undefined }, 'invalid_request'],
  ['a verifier that is too short', { code_verifier: 'x'.repeat(42) }, 'invalid_request'],
  ['another redirect URI', { redirect_uri: 'https://client.example/other' }, 'invalid_grant'],
  ['another resource', { resource: 'https://elsewhere.example/mcp' }, 'invalid_target'],
];

for (const [what, replaced, error] of FUTILE) {
  test(`${what} is refused, and spends and revokes nothing, before or after (AS-83, AS-84, AS-87)`, async () => {
    const { client, code, verifier } = await obtainCode(edge);
    const attempt = () => client.redeem(code, verifier, replaced);

    assertOauthError(await attempt(), 400, error);
    const tokens = assertTokens(await client.redeem(code, verifier));
    assertOauthError(await attempt(), 400, error);

    assertTokens(await client.refresh(tokens.refresh_token));
    await assertAdmitted(edge, tokens.access_token);
  });
}

test('a code in the hands of another client is worth nothing and stays good for its own (AS-83)', async () => {
  const { client, code, verifier } = await obtainCode(edge);
  const stranger = await Client.register(edge, { client_name: 'Stranger' });

  assertOauthError(await stranger.redeem(code, verifier), 400, 'invalid_grant');
  const tokens = assertTokens(await client.redeem(code, verifier));
  assertOauthError(await stranger.redeem(code, verifier), 400, 'invalid_grant');

  await assertAdmitted(edge, tokens.access_token);
});

for (const method of ['client_secret_post', 'client_secret_basic']) {
  test(`a wrong secret spends nothing (${method}, AS-82)`, async () => {
    const confidential = await Client.register(edge, { token_endpoint_auth_method: method });
    const { client, code, verifier } = await obtainCode(edge, { client: confidential });
    const impostor = new Client(edge, { ...client.registration, client_secret: 'guessed' });

    assertOauthError(await impostor.redeem(code, verifier), 401, 'invalid_client');
    assertTokens(await client.redeem(code, verifier));
  });
}

test('a code issued without a redirect URI in the token request is redeemed all the same (AS-83)', async () => {
  const { client, code, verifier } = await obtainCode(edge);
  assertTokens(await client.redeem(code, verifier, { redirect_uri: undefined, resource: undefined }));
});

test('an expired code is refused (AS-32)', async () => {
  const hasty = await startEdge({ ORIGIN: origin.url, CODE_SECONDS: '1' });
  try {
    const { client, code, verifier } = await obtainCode(hasty);
    await passes(1.2);
    assertOauthError(await client.redeem(code, verifier), 400, 'invalid_grant');
  } finally {
    await hasty.stop();
  }
});
