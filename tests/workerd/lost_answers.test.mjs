// The Ledger has rotated, and the client never hears of it: its Worker was cut off, or it left. It is given the same tokens when it comes back
// at once, and new ones when it comes back late (AS-90).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Client } from './support/client.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually, inTime, passes } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { open } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';
import { ordering, startWrappedEdge } from './support/wrapped_edge.mjs';

/** Long enough for what is done inside it on a busy machine. */
const WINDOW = 3;

const { edge } = await edgeAndHome({ GRANT_CACHE_SECONDS: '1', REFRESH_REPLAY_SECONDS: String(WINDOW) }, startWrappedEdge);

/** How an answer gets lost after the rotation was written. */
const LOSSES = {
  'the Ledger did it, and the way back broke': async (client, token) => {
    const reply = await client.refresh(token, {}, { headers: ordering({ at: 'LEDGER', how: 'throw after' }) });
    assertOauthError(reply, 503, 'temporarily_unavailable');
    assert.match(reply.headers['retry-after'], /^[1-9]\d*$/);
  },
  'the client left before the answer': async (client, token) => {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: client.id });
    let leave;
    const left = open(`${edge.url}/token`, {
      method: 'POST',
      headers: { ...ordering({ at: 'LEDGER', how: 'late', ms: 60_000 }), 'content-type': 'application/x-www-form-urlencoded' },
      write: (request) => {
        leave = () => request.destroy();
        request.end(String(form));
      },
    });
    await eventually(async () => (await edge.operations()).some(({ at, method }) => at === 'storage' && method === 'put'));
    leave();
    await inTime(assert.rejects(left), 'the client has left');
  },
};

const recordOf = async (client) => {
  const { ledgers } = await edge.content();
  const records = Object.values(ledgers).flatMap(({ entries }) => (entries.grant ? [JSON.parse(entries.grant)] : []));
  return records.find(({ authorization }) => authorization.client.client_id === client.id);
};

for (const [how, lose] of Object.entries(LOSSES)) {
  describe(how, () => {
    let client;
    let tokens;

    async function lost() {
      const connected = await connect(edge, { client: await Client.register(edge) });
      ({ client, tokens } = connected);
      await edge.operations();
      await lose(client, tokens.refresh_token);
      const { state } = await recordOf(client);
      assert.equal(state.active.current, 2, 'it was rotated');
    }

    test('inside the window the same two tokens are given again', async () => {
      await lost();
      const found = assertTokens(await client.refresh(tokens.refresh_token));
      const again = assertTokens(await client.refresh(tokens.refresh_token));
      assert.equal(again.access_token, found.access_token);
      assert.equal(again.refresh_token, found.refresh_token);
      const { state } = await recordOf(client);
      assert.equal(state.active.current, 2, 'it was not rotated again');
      await assertAdmitted(edge, found.access_token);
      assertTokens(await client.refresh(found.refresh_token));
    });

    test('after it there are two new ones, and the lost ones are void', async () => {
      await lost();
      const late = assertTokens(await client.refresh(tokens.refresh_token));
      await passes(WINDOW + 0.1);

      const found = assertTokens(await client.refresh(tokens.refresh_token));

      assert.notEqual(found.access_token, late.access_token);
      assert.notEqual(found.refresh_token, late.refresh_token);
      await assertNotAdmitted(edge, late.access_token);
      await assertAdmitted(edge, found.access_token);
      const next = assertTokens(await client.refresh(found.refresh_token));
      await assertAdmitted(edge, next.access_token);
      assertOauthError(await client.refresh(late.refresh_token), 400, 'invalid_grant');
    });

    test('nobody came back inside it: two new ones after it, too', async () => {
      await lost();
      await passes(WINDOW + 0.1);

      const found = assertTokens(await client.refresh(tokens.refresh_token));

      const { state } = await recordOf(client);
      assert.deepEqual(state.active.void.map(({ generation }) => generation), [2]);
      await assertAdmitted(edge, found.access_token);
      assertTokens(await client.refresh(found.refresh_token));
    });
  });
}
