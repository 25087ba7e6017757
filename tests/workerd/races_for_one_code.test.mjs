// Two hundred redemptions of one code at the same moment are one redemption and a theft (AS-84); attempts that could never have succeeded
// are neither, also in the middle of a race.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AT_ONCE, atOnce, futileForCode, MOUNTS, ROUNDS, SECRET } from './support/at_once.mjs';
import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { obtainCode } from './support/sign_in.mjs';

const PUBLIC_URL = 'https://mcp.example.com';

const start = (vars) => startEdge(vars, { elsewhere: true });
const { edge } = await edgeAndHome({ GRANT_CACHE_SECONDS: '1', MOUNTS, PUBLIC_URL }, start);
edge.publishAs(PUBLIC_URL);
const there = await edge.elsewhere();
const browser = new Browser();

test(`${AT_ONCE} redemptions: one success, and no grant is left, ${ROUNDS} times (AS-84)`, async () => {
  const dead = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { client, code, verifier } = await obtainCode(edge, { browser });
    // A location that has heard of the end asks no more, so half of them come from another one.
    const ways = [client, new Client(there, client.registration)];
    const replies = await atOnce((_, at) => ways[at % 2].redeem(code, verifier));

    const successes = replies.filter((reply) => reply.status === 200);
    assert.equal(successes.length, 1, `round ${round}`);
    for (const reply of replies.filter((reply) => reply.status !== 200)) assertOauthError(reply, 400, 'invalid_grant');
    const tokens = assertTokens(successes[0]);
    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
    dead.push(tokens.access_token);
  }
  for (const token of dead) await eventually(() => assertNotAdmitted(edge, token));
});

test(`one redemption among wrong ones: it alone succeeds, and its tokens live, ${ROUNDS} times (AS-82 to AS-84, AS-87)`, async () => {
  const stranger = await Client.register(edge, SECRET);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { client, code, verifier } = await obtainCode(edge, { browser, client: await Client.register(edge, SECRET) });
    const wrong = futileForCode(edge, client, stranger);
    const attempts = Array.from({ length: 10 }, () => wrong).flat();
    const attempt = ([who, replaced]) => who.redeem(code, verifier, replaced);
    const before = attempts.slice(0, attempts.length / 2).map(attempt);
    const right = client.redeem(code, verifier);
    const replies = await Promise.all([...before, ...attempts.slice(attempts.length / 2).map(attempt)]);

    for (const [at, reply] of replies.entries()) assertOauthError(reply, ...attempts[at].slice(2));
    const tokens = assertTokens(await right);
    for (const [who, replaced, ...answer] of wrong) assertOauthError(await who.redeem(code, verifier, replaced), ...answer);
    await assertAdmitted(edge, tokens.access_token);
    assertTokens(await client.refresh(tokens.refresh_token));
  }
});
