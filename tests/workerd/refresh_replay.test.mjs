// After the replay window: a lost answer is made good, a proven replay ends the grant (AS-89, AS-90). Which of the two
// it is depends on whether the Ledger has seen one of the successors in use.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, passes } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect, enter } from './support/sign_in.mjs';

/** Instants are whole seconds, so a window of two is the shortest with an inside. */
const WINDOW = 2;

let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin.stop());

function startReplayEdge(vars) {
  return startEdge({ ORIGIN: origin.url, GRANT_CACHE_SECONDS: '1', REFRESH_REPLAY_SECONDS: String(WINDOW), ...vars });
}

describe('by default', () => {
  let edge;
  before(async () => {
    edge = await startReplayEdge();
  });
  after(() => edge.stop());

  test('neither successor was used: the answer was lost, new tokens take its place', async () => {
    const { client, tokens } = await connect(edge);
    const lost = assertTokens(await client.refresh(tokens.refresh_token));
    await passes(WINDOW + 0.1);

    const found = assertTokens(await client.refresh(tokens.refresh_token));

    assert.notEqual(found.refresh_token, lost.refresh_token);
    assert.notEqual(found.access_token, lost.access_token);
    await assertNotAdmitted(edge, lost.access_token);
    await assertAdmitted(edge, found.access_token);
    assertTokens(await client.refresh(found.refresh_token));
  });

  test('the void refresh token of a lost answer is not good again', async () => {
    const { client, tokens } = await connect(edge);
    const lost = assertTokens(await client.refresh(tokens.refresh_token));
    await passes(WINDOW + 0.1);
    assertTokens(await client.refresh(tokens.refresh_token));

    assertOauthError(await client.refresh(lost.refresh_token), 400, 'invalid_grant');
  });

  const USED = [
    ['access token', false, true],
    ['refresh token', true, false],
    ['refresh token and access token', true, true],
  ];
  for (const [what, refreshUsed, accessUsed] of USED) {
    test(`the successor ${what} was used: a proven replay, refused, and the grant is revoked`, async () => {
      const { client, tokens } = await connect(edge);
      const next = assertTokens(await client.refresh(tokens.refresh_token));
      if (accessUsed) await assertAdmitted(edge, next.access_token);
      const last = refreshUsed ? assertTokens(await client.refresh(next.refresh_token)) : next;
      await passes(WINDOW + 0.1);

      assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');

      assertOauthError(await client.refresh(last.refresh_token), 400, 'invalid_grant');
      for (const token of [tokens, next, last]) await eventually(() => assertNotAdmitted(edge, token.access_token));
    });
  }

  test('the window is never prolonged by its use', async () => {
    const { client, tokens } = await connect(edge);
    const next = assertTokens(await client.refresh(tokens.refresh_token));
    await passes(0.9);
    const again = await client.refresh(tokens.refresh_token);
    assert.equal(assertTokens(again).refresh_token, next.refresh_token);
    await passes(WINDOW - 0.8);

    const late = assertTokens(await client.refresh(tokens.refresh_token));

    assert.notEqual(late.refresh_token, next.refresh_token);
  });

  test('the owner is shown which client repeated itself, and whose token was replayed', async () => {
    const browser = new Browser();
    const showing = async (pattern) => assert.match((await enter(browser, `${edge.url}/gatelodge`)).says, pattern);
    const client = await Client.register(edge, { client_name: 'Shown to the owner' });
    const { tokens } = await connect(edge, { browser, client });
    const second = assertTokens(await client.refresh(tokens.refresh_token));
    assertTokens(await client.refresh(tokens.refresh_token));
    await showing(/Shown to the owner.*Lost answers sent again\s*1/);

    assertTokens(await client.refresh(second.refresh_token));
    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');

    await showing(/Shown to the owner.*Old tokens used again\s*once.*an old token was used again/);
  });
});

test('REFRESH_REUSE = "refuse" refuses a proven replay and leaves the grant alone', async () => {
  const edge = await startReplayEdge({ REFRESH_REUSE: 'refuse' });
  try {
    const { client, tokens } = await connect(edge);
    const second = assertTokens(await client.refresh(tokens.refresh_token));
    const third = assertTokens(await client.refresh(second.refresh_token));

    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');

    await passes(WINDOW + 0.1);
    await assertAdmitted(edge, third.access_token);
    assertTokens(await client.refresh(third.refresh_token));
  } finally {
    await edge.stop();
  }
});
