// Refresh tokens rotate on every use (AS-89). A client that lost an answer or raced itself stays connected (AS-90); a
// token that was proven to be in two hands ends the grant.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, passes } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin.stop());

const CLIENTS = [
  ['public', { token_endpoint_auth_method: 'none' }],
  ['confidential (basic)', { token_endpoint_auth_method: 'client_secret_basic' }],
  ['confidential (post)', { token_endpoint_auth_method: 'client_secret_post' }],
];

describe('inside the replay window', () => {
  let edge;
  before(async () => {
    edge = await startEdge({ ORIGIN: origin.url, GRANT_CACHE_SECONDS: '1' });
  });
  after(() => edge.stop());

  for (const [kind, metadata] of CLIENTS) {
    test(`a ${kind} client gets new tokens, and the old access token lives on`, async () => {
      const { client, tokens } = await connect(edge, { client: await Client.register(edge, metadata) });

      const next = assertTokens(await client.refresh(tokens.refresh_token));

      assert.notEqual(next.refresh_token, tokens.refresh_token);
      assert.notEqual(next.access_token, tokens.access_token);
      await assertAdmitted(edge, next.access_token);
      await assertAdmitted(edge, tokens.access_token);
    });
  }

  test('ten parallel refreshes all get the same two tokens (AS-90)', async () => {
    const { client, tokens } = await connect(edge);
    const replies = await Promise.all(Array.from({ length: 10 }, () => client.refresh(tokens.refresh_token)));
    const answers = replies.map(assertTokens);

    assert.equal(new Set(answers.map((answer) => answer.access_token)).size, 1);
    assert.equal(new Set(answers.map((answer) => answer.refresh_token)).size, 1);
    assertTokens(await client.refresh(answers[0].refresh_token));
    await assertAdmitted(edge, answers[0].access_token);
  });

  test('the answer is repeated although its tokens are in use already (AS-90)', async () => {
    const { client, tokens } = await connect(edge);
    const next = assertTokens(await client.refresh(tokens.refresh_token));
    await assertAdmitted(edge, next.access_token);
    const again = assertTokens(await client.refresh(tokens.refresh_token));
    assert.equal(again.refresh_token, next.refresh_token);
    assert.equal(again.access_token, next.access_token);
  });

  test('a repeated answer says how long its token still lives', async () => {
    const { client, tokens } = await connect(edge);
    const first = assertTokens(await client.refresh(tokens.refresh_token));
    await passes(1.1);
    const repeated = assertTokens(await client.refresh(tokens.refresh_token));
    assert.ok(repeated.expires_in < first.expires_in, `${repeated.expires_in} < ${first.expires_in}`);
  });

  test('the same answer is given 64 times more, then 429 with Retry-After, and nothing is revoked', async () => {
    const { client, tokens } = await connect(edge);
    const next = assertTokens(await client.refresh(tokens.refresh_token));
    for (let time = 1; time <= 64; time += 1) {
      const again = assertTokens(await client.refresh(tokens.refresh_token));
      assert.equal(again.refresh_token, next.refresh_token, `time ${time}`);
      assert.equal(again.access_token, next.access_token, `time ${time}`);
    }

    const refused = await client.refresh(tokens.refresh_token);

    assert.equal(refused.status, 429);
    assert.equal(typeof refused.json().error, 'string');
    assert.match(refused.headers['retry-after'], /^[1-9]\d*$/);
    await assertAdmitted(edge, next.access_token);
    assertTokens(await client.refresh(next.refresh_token));
  });

  test('an older generation is a proven replay even inside the window: refused, and the grant is revoked', async () => {
    const { client, tokens } = await connect(edge);
    const second = assertTokens(await client.refresh(tokens.refresh_token));
    const third = assertTokens(await client.refresh(second.refresh_token));

    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');

    assertOauthError(await client.refresh(third.refresh_token), 400, 'invalid_grant');
    await eventually(() => assertNotAdmitted(edge, third.access_token));
  });

  const UNDUE = [
    ['another resource', { resource: 'https://elsewhere.example/mcp' }, 400, 'invalid_target'],
    ['another client id', { client_id: 'not-a-client' }, 401, 'invalid_client'],
  ];
  for (const [what, replaced, status, error] of UNDUE) {
    test(`an attempt with ${what} changes nothing, with a current and with a spent token`, async () => {
      const { client, tokens } = await connect(edge);
      assertOauthError(await client.refresh(tokens.refresh_token, replaced), status, error);
      const second = assertTokens(await client.refresh(tokens.refresh_token));
      const third = assertTokens(await client.refresh(second.refresh_token));

      assertOauthError(await client.refresh(tokens.refresh_token, replaced), status, error);

      await assertAdmitted(edge, third.access_token);
      assertTokens(await client.refresh(third.refresh_token));
    });
  }

  test('another client can neither use nor harm the grant, with a current and with a spent token', async () => {
    const { client, tokens } = await connect(edge);
    const stranger = await Client.register(edge, { client_name: 'Stranger' });
    assertOauthError(await stranger.refresh(tokens.refresh_token), 400, 'invalid_grant');
    const second = assertTokens(await client.refresh(tokens.refresh_token));
    const third = assertTokens(await client.refresh(second.refresh_token));

    assertOauthError(await stranger.refresh(tokens.refresh_token), 400, 'invalid_grant');

    await assertAdmitted(edge, third.access_token);
    assertTokens(await client.refresh(third.refresh_token));
  });

  for (const [kind, metadata] of CLIENTS.slice(1)) {
    test(`a ${kind} client needs its secret, and an attempt without it changes nothing (AS-82)`, async () => {
      const { client, tokens } = await connect(edge, { client: await Client.register(edge, metadata) });
      const impostor = new Client(edge, { ...client.registration, client_secret: 'guessed' });
      const nameless = new Client(edge, { ...client.registration, token_endpoint_auth_method: 'none' });

      assertOauthError(await impostor.refresh(tokens.refresh_token), 401, 'invalid_client');
      assertOauthError(await nameless.refresh(tokens.refresh_token), 401, 'invalid_client');

      assertTokens(await client.refresh(tokens.refresh_token));
    });
  }

  test('scope never grows and unknown scopes do not refuse (AS-89)', async () => {
    const { client, tokens } = await connect(edge);
    const next = assertTokens(await client.refresh(tokens.refresh_token, { scope: 'mcp admin everything' }));
    assert.equal(next.scope, 'mcp');
  });
});

test('an expired refresh token is refused', async () => {
  const edge = await startEdge({ ORIGIN: origin.url, REFRESH_TOKEN_SECONDS: '1' });
  try {
    const { client, tokens } = await connect(edge);
    await passes(1.2);
    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
  } finally {
    await edge.stop();
  }
});
