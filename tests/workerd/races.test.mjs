// The owner's no is final, whatever is on its way at that moment.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually } from './support/eventually.mjs';
import { assertNotAdmitted, assertOauthError } from './support/expect.mjs';
import { connect, enter, obtainCode } from './support/sign_in.mjs';

const ROUNDS = 5;

const { edge, origin } = await edgeAndHome({ GRANT_CACHE_SECONDS: '1' });

async function assertAllDead(client, replies) {
  for (const reply of replies) {
    if (reply.status !== 200) {
      assertOauthError(reply, 400, 'invalid_grant');
      continue;
    }
    const { access_token: access, refresh_token: refresh } = reply.json();
    assertOauthError(await client.refresh(refresh), 400, 'invalid_grant');
    await eventually(() => assertNotAdmitted(edge, access));
  }
}

test('a revocation among refreshes leaves no token alive', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { client, tokens } = await connect(edge);
    const refreshes = Array.from({ length: 10 }, () => client.refresh(tokens.refresh_token));
    const [revoked, ...replies] = await Promise.all([client.revoke(tokens.refresh_token), ...refreshes]);
    assert.equal(revoked.status, 200);
    await assertAllDead(client, replies);
  }
});

test('a revocation by the owner among redemptions leaves no token alive', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const browser = new Browser();
    const { client, code, verifier } = await obtainCode(edge, { browser });
    const page = await enter(browser, `${edge.url}/gatelodge`);
    const redeeming = Array.from({ length: 5 }, () => client.redeem(code, verifier));
    const [revoked, ...replies] = await Promise.all([
      browser.submit(page, { action: '/gatelodge/revoke-all' }),
      ...redeeming,
    ]);
    assert.equal(revoked.status, 200);
    await assertAllDead(client, replies);
  }
});

test('refreshes of one token and of its successor at once leave one family or none', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { client, tokens } = await connect(edge);
    const next = (await client.refresh(tokens.refresh_token)).json();
    const replies = await Promise.all([
      ...Array.from({ length: 5 }, () => client.refresh(next.refresh_token)),
      ...Array.from({ length: 5 }, () => client.refresh(tokens.refresh_token)),
    ]);
    const pairs = new Set(replies.filter((reply) => reply.status === 200).map((reply) => reply.json().refresh_token));
    pairs.delete(next.refresh_token);
    assert.ok(pairs.size <= 1, `${pairs.size} branches`);
    for (const reply of replies.filter((reply) => reply.status !== 200)) assertOauthError(reply, 400, 'invalid_grant');
  }
});
