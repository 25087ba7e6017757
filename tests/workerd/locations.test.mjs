// What was decided at one location holds at all others within the stated bound: the Ledgers are strong, and what a location
// remembers is believed for `GRANT_CACHE_SECONDS`.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { Client } from './support/client.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect, enter } from './support/sign_in.mjs';

const PUBLIC_URL = 'https://mcp.example.com';
const CACHED = 2;
/** That, and a machine that is busy. */
const BOUND = { within: CACHED * 1_000 + 2_000 };

const origin = await startOrigin();
const vars = { ORIGIN: origin.url, GRANT_CACHE_SECONDS: String(CACHED), PUBLIC_URL };
const here = await startEdge(vars, { elsewhere: true });
here.publishAs(PUBLIC_URL);
const there = await here.elsewhere();
after(async () => {
  await here.stop();
  await origin.stop();
});

/** A client that both locations know. */
async function connectedEverywhere() {
  const connection = await connect(here);
  for (const edge of [here, there]) await assertAdmitted(edge, connection.tokens.access_token);
  return { ...connection, elsewhere: new Client(there, connection.client.registration) };
}

/** Refused at once at the one, at the other within the bound; and for ever. */
async function assertRefused(first, second, tokens) {
  await assertNotAdmitted(first, tokens.access_token);
  await eventually(() => assertNotAdmitted(second, tokens.access_token), BOUND);
  for (const edge of [first, second]) await assertNotAdmitted(edge, tokens.access_token);
}

for (const [where, first, second] of [
  ['here', here, there],
  ['elsewhere', there, here],
]) {
  test(`a client that gives its tokens back ${where} is refused there at once, and everywhere within the bound`, async () => {
    const { client, elsewhere, tokens } = await connectedEverywhere();
    const by = first === here ? client : elsewhere;
    assert.equal((await by.revoke(tokens.refresh_token)).status, 200);
    await assertRefused(first, second, tokens);
    for (const any of [client, elsewhere]) assertOauthError(await any.refresh(tokens.refresh_token), 400, 'invalid_grant');
  });

  test(`a client that the owner revokes ${where} is refused there at once, and everywhere within the bound`, async () => {
    const { browser, client, elsewhere, tokens } = await connectedEverywhere();
    const page = await enter(browser, `${first.url}/gatelodge`);
    assert.equal((await browser.submit(page, { action: '/gatelodge/revoke-all' })).status, 200);
    await assertRefused(first, second, tokens);
    for (const any of [client, elsewhere]) assertOauthError(await any.refresh(tokens.refresh_token), 400, 'invalid_grant');
  });
}

test('tokens that one location made are good at the other at once', async () => {
  const { client, elsewhere, tokens } = await connectedEverywhere();
  let newest = tokens;
  for (const at of [elsewhere, client, elsewhere]) {
    newest = assertTokens(await at.refresh(newest.refresh_token));
    for (const edge of [here, there]) await assertAdmitted(edge, newest.access_token);
  }
});

test('a refresh token that is used at both at once gets the same tokens', async () => {
  const { client, elsewhere, tokens } = await connectedEverywhere();
  const replies = await Promise.all([client, elsewhere].map((any) => any.refresh(tokens.refresh_token)));
  const [one, other] = replies.map(assertTokens);
  assert.equal(one.refresh_token, other.refresh_token);
  assert.equal(one.access_token, other.access_token);
});

test('a code that is used at both is used twice, and ends the grant everywhere', async () => {
  const { browser } = await connectedEverywhere();
  const { client, tokens, code, verifier } = await connect(here, { browser });
  await assertAdmitted(there, tokens.access_token);
  assertOauthError(await new Client(there, client.registration).redeem(code, verifier), 400, 'invalid_grant');
  await assertRefused(there, here, tokens);
});
