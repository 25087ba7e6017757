// Two hundred refreshes with one token at the same moment are one rotation (AS-89, AS-90): its answer is given 65 times, and whoever has it
// can go on with it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AT_ONCE, atOnce, futile, MOUNTS, ROUNDS, SECRET } from './support/at_once.mjs';
import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { connect } from './support/sign_in.mjs';

/** The rotation, and 64 repetitions. */
const MOST = 65;

const { edge } = await edgeAndHome({ GRANT_CACHE_SECONDS: '1', MOUNTS });
const browser = new Browser();

/** The one pair that all successes are. */
function pairOf(replies) {
  const pairs = replies.map(assertTokens).map(({ access_token: access, refresh_token: refresh }) => ({ access, refresh }));
  assert.equal(new Set(pairs.map(({ access }) => access)).size, 1, 'one access token');
  assert.equal(new Set(pairs.map(({ refresh }) => refresh)).size, 1, 'one refresh token');
  return pairs[0];
}

test(`${AT_ONCE} refreshes: one rotation, ${MOST} successes, and its tokens work, ${ROUNDS} times`, async () => {
  const dead = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { client, tokens } = await connect(edge, { browser });
    const replies = await atOnce(() => client.refresh(tokens.refresh_token));

    const successes = replies.filter((reply) => reply.status === 200);
    assert.equal(successes.length, MOST, `round ${round}`);
    for (const reply of replies.filter((reply) => reply.status !== 200)) {
      assertOauthError(reply, 429, 'slow_down');
      assert.match(reply.headers['retry-after'], /^[1-9]\d*$/);
    }
    const { access, refresh } = pairOf(successes);
    await assertAdmitted(edge, access);
    const next = assertTokens(await client.refresh(refresh));
    await assertAdmitted(edge, next.access_token);

    // Two generations old by now.
    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
    assertOauthError(await client.refresh(next.refresh_token), 400, 'invalid_grant');
    dead.push(tokens.access_token, access, next.access_token);
  }
  for (const token of dead) await eventually(() => assertNotAdmitted(edge, token));
});

test(`refreshes among wrong ones: they alone succeed, and their tokens live, ${ROUNDS} times (AS-82, AS-87)`, async () => {
  const stranger = await Client.register(edge, SECRET);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { client, tokens } = await connect(edge, { browser, client: await Client.register(edge, SECRET) });
    const wrong = futile(edge, client, stranger);
    const attempts = Array.from({ length: 10 }, () => [...wrong, undefined]).flat();
    const replies = await Promise.all(
      attempts.map((attempt = [client, {}]) => attempt[0].refresh(tokens.refresh_token, attempt[1])),
    );

    const refused = replies.filter((_, at) => attempts[at]);
    for (const [at, reply] of refused.entries()) assertOauthError(reply, ...wrong[at % wrong.length].slice(2));
    const { access, refresh } = pairOf(replies.filter((_, at) => !attempts[at]));
    const next = assertTokens(await client.refresh(refresh));
    for (const [who, replaced, ...answer] of wrong) {
      assertOauthError(await who.refresh(tokens.refresh_token, replaced), ...answer);
    }
    for (const token of [access, next.access_token]) await assertAdmitted(edge, token);
    assertTokens(await client.refresh(next.refresh_token));
  }
});
