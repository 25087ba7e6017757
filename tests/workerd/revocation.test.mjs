// RFC 7009: a client takes back what it holds, and nothing that is not its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from './support/client.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { connect } from './support/sign_in.mjs';

const { edge, origin } = await edgeAndHome({ GRANT_CACHE_SECONDS: '1' });

for (const hint of [undefined, 'refresh_token', 'access_token', 'no_such_type']) {
  test(`a refresh token ends the whole grant (token_type_hint ${hint})`, async () => {
    const { client, tokens } = await connect(edge);
    await assertAdmitted(edge, tokens.access_token);

    const reply = await client.revoke(tokens.refresh_token, { token_type_hint: hint });

    assert.equal(reply.status, 200);
    await eventually(() => assertNotAdmitted(edge, tokens.access_token));
    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
  });

  test(`an access token ends itself and leaves the refresh token (token_type_hint ${hint})`, async () => {
    const { client, tokens } = await connect(edge);
    await assertAdmitted(edge, tokens.access_token);

    const reply = await client.revoke(tokens.access_token, { token_type_hint: hint });

    assert.equal(reply.status, 200);
    await eventually(() => assertNotAdmitted(edge, tokens.access_token));
    const next = assertTokens(await client.refresh(tokens.refresh_token));
    await assertAdmitted(edge, next.access_token);
  });
}

test('a client that revokes its old access token after a refresh keeps the new one', async () => {
  const { client, tokens } = await connect(edge);
  const next = assertTokens(await client.refresh(tokens.refresh_token));

  assert.equal((await client.revoke(tokens.access_token)).status, 200);

  await eventually(() => assertNotAdmitted(edge, tokens.access_token));
  await assertAdmitted(edge, next.access_token);
});

test('an access token takes its elders with it', async () => {
  const { client, tokens } = await connect(edge);
  const next = assertTokens(await client.refresh(tokens.refresh_token));
  for (const { access_token: token } of [tokens, next]) await assertAdmitted(edge, token);

  assert.equal((await client.revoke(next.access_token)).status, 200);

  for (const { access_token: token } of [tokens, next]) await eventually(() => assertNotAdmitted(edge, token));
  assertTokens(await client.refresh(next.refresh_token));
});

test('another client is told 200 and changes nothing', async () => {
  const { client, tokens } = await connect(edge);
  const stranger = await Client.register(edge, { client_name: 'Stranger' });
  for (const token of [tokens.access_token, tokens.refresh_token]) {
    assert.equal((await stranger.revoke(token)).status, 200);
  }

  await assertAdmitted(edge, assertTokens(await client.refresh(tokens.refresh_token)).access_token);
  await assertAdmitted(edge, tokens.access_token);
});

test('one grant of two is revoked, the other stays', async () => {
  const client = await Client.register(edge);
  const [one, other] = [await connect(edge, { client }), await connect(edge, { client })];

  await client.revoke(one.tokens.refresh_token);

  await eventually(() => assertNotAdmitted(edge, one.tokens.access_token));
  await assertAdmitted(edge, other.tokens.access_token);
});

test('a spent refresh token revokes its grant, and the second time is 200 as well', async () => {
  const { client, tokens } = await connect(edge);
  const next = assertTokens(await client.refresh(tokens.refresh_token));
  for (let time = 0; time < 2; time += 1) {
    assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
  }
  assertOauthError(await client.refresh(next.refresh_token), 400, 'invalid_grant');
});

const FORGED = [
  ['words', 'not a token at all'],
  ['a NUL byte', 'a\u0000b'],
  ['the shape of another issuer', 'tok_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['ten thousand characters', 'x'.repeat(10_000)],
];
for (const [what, token] of FORGED) {
  test(`a forged token (${what}) is 200 and touches no storage`, async () => {
    const client = await Client.register(edge);
    const before = await edge.storage();
    const reply = await client.revoke(token);
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(await edge.storage(), before);
  });
}

test('a damaged token revokes nothing', async () => {
  const { client, tokens } = await connect(edge);
  const damaged = tokens.refresh_token.slice(0, -2) + (tokens.refresh_token.endsWith('AA') ? 'BB' : 'AA');
  assert.equal((await client.revoke(damaged)).status, 200);
  assertTokens(await client.refresh(tokens.refresh_token));
});

for (const method of ['client_secret_basic', 'client_secret_post']) {
  test(`a confidential client revokes with its secret only (${method}, AS-82)`, async () => {
    const { client, tokens } = await connect(edge, {
      client: await Client.register(edge, { token_endpoint_auth_method: method }),
    });
    const impostor = new Client(edge, { ...client.registration, client_secret: 'guessed' });
    assertOauthError(await impostor.revoke(tokens.refresh_token), 401, 'invalid_client');
    await assertAdmitted(edge, tokens.access_token);

    assert.equal((await client.revoke(tokens.refresh_token)).status, 200);

    await eventually(() => assertNotAdmitted(edge, tokens.access_token));
  });
}

test('revocation names its faults as RFC 7009 does', async () => {
  const client = await Client.register(edge);
  assertOauthError(await client.revoke(undefined), 400, 'invalid_request');
  assertOauthError(await client.revoke(''), 400, 'invalid_request');
  assertOauthError(await edge.post('/revoke', { form: { token: 'x', client_id: 'unknown' } }), 401, 'invalid_client');
});

test('who holds a token of a public client may give it back without naming the client', async () => {
  const { tokens } = await connect(edge);
  assert.equal((await edge.post('/revoke', { form: { token: 'forged' } })).status, 200);
  await assertAdmitted(edge, tokens.access_token);
  assert.equal((await edge.post('/revoke', { form: { token: tokens.refresh_token } })).status, 200);
  await eventually(() => assertNotAdmitted(edge, tokens.access_token));
});

test('who holds a token of a confidential client needs its secret too (AS-82)', async () => {
  const { tokens } = await connect(edge, {
    client: await Client.register(edge, { token_endpoint_auth_method: 'client_secret_post' }),
  });
  assertOauthError(await edge.post('/revoke', { form: { token: tokens.refresh_token } }), 401, 'invalid_client');
  await assertAdmitted(edge, tokens.access_token);
});
