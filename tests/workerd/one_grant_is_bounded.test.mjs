// What one grant can cost, whoever holds its code or tokens: so many requests a minute reach its Ledger, and none once it is over.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SECRET } from './support/at_once.mjs';
import { Client } from './support/client.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { assertNotAdmitted, assertOauthError } from './support/expect.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';
import { withinOneMinute } from './support/within_one_minute.mjs';
import { startWrappedEdge } from './support/wrapped_edge.mjs';

/** As in wrangler.toml. */
const LIMIT = 300;
const BEYOND = 50;
const AT_ONCE = 50;

const { edge } = await edgeAndHome({}, startWrappedEdge);

/** Does it as often; the answers, and how often a Ledger was asked. */
async function flood(act, count) {
  await edge.operations();
  const replies = [];
  for (let sent = 0; sent < count; sent += AT_ONCE) replies.push(...(await Promise.all(Array.from({ length: AT_ONCE }, act))));
  const asked = (await edge.operations()).filter(({ at }) => at === 'LEDGER').length;
  return { replies, asked };
}

/** What a holder can do again and again without ending the grant, and the statuses of the answers. */
const FLOODS = {
  'of one refresh': [
    async () => {
      const { client, tokens } = await connect(edge);
      return () => client.refresh(tokens.refresh_token);
    },
    [200, 429],
  ],
  'of a code with a wrong redirect URI': [
    async () => {
      const { client, code, verifier } = await obtainCode(edge);
      return () => client.redeem(code, verifier, { redirect_uri: 'https://client.example/other' });
    },
    [400, 429],
  ],
  'to revoke for a client that has a secret': [
    async () => {
      const { tokens } = await connect(edge, { client: await Client.register(edge, SECRET) });
      return () => edge.post('/revoke', { form: { token: tokens.refresh_token } });
    },
    [401, 429],
  ],
};

for (const [what, [prepare, statuses]] of Object.entries(FLOODS)) {
  test(`requests ${what}: ${LIMIT} a minute reach the Ledger`, async () => {
    const { replies, asked } = await withinOneMinute(async () => flood(await prepare(), LIMIT + BEYOND));
    assert.equal(asked, LIMIT);
    assert.deepEqual([...new Set(replies.map(({ status }) => status))].sort(), statuses);
    for (const reply of replies.filter(({ status }) => status === 429)) {
      assertOauthError(reply, 429, 'slow_down');
      assert.match(reply.headers['retry-after'], /^[1-9]\d*$/);
    }
  });
}

test('what is over asks no Ledger', async () => {
  const { client, tokens } = await connect(edge);
  assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
  assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
  const FORMER = {
    refresh: async () => assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant'),
    revocation: async () => assert.equal((await client.revoke(tokens.refresh_token)).status, 200),
    call: () => assertNotAdmitted(edge, tokens.access_token),
  };
  for (const [what, act] of Object.entries(FORMER)) assert.equal((await flood(act, 2 * AT_ONCE)).asked, 0, what);
});
