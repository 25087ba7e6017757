// The register is eventually consistent: it may tell what was there a minute ago, and takes one write of a key in a second. Nothing is decided
// from it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually } from './support/eventually.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertPage, assertTokens } from './support/expect.mjs';
import { connect, enter } from './support/sign_in.mjs';
import { ordering, startWrappedEdge } from './support/wrapped_edge.mjs';

const { edge } = await edgeAndHome({ GRANT_CACHE_SECONDS: '1' }, startWrappedEdge);

async function connected(name) {
  const browser = new Browser();
  return { browser, ...(await connect(edge, { browser, client: await Client.register(edge, { client_name: name }) })) };
}

/** How many Ledgers are asked meanwhile. */
async function looks(act) {
  await edge.operations();
  await act();
  return (await edge.operations()).filter(({ at }) => at === 'LEDGER').length;
}

/** The register as it was at an instant. */
const asAt = (instant) => ordering({ at: 'REGISTER', how: 'stale', ms: Date.now() - instant });
const ownerPage = async (browser, headers) => assertPage(await browser.open(`${edge.url}/gatelodge`, { headers }), 200);

test('a grant that the register does not tell of yet is as good as any', async () => {
  const earlier = Date.now();
  const { browser, client, tokens } = await connected('Fresh');
  assert.ok((await ownerPage(browser)).says.includes('Fresh'));

  assert.ok(!(await ownerPage(browser, asAt(earlier))).says.includes('Fresh'));
  await assertAdmitted(edge, tokens.access_token);
  assertTokens(await client.refresh(tokens.refresh_token));
  const question = assertPage(await browser.open(client.authorization().url, { headers: asAt(earlier) }), 200);
  const answer = await browser.submit(question, { button: 'approve', headers: asAt(earlier) });
  assert.ok(answer.leftTo.searchParams.get('code'));
});

test('a grant that the register still tells of after its end is neither good nor shown', async () => {
  const { browser, client, tokens } = await connected('Ended');
  const page = await ownerPage(browser);
  assert.ok(page.says.includes('Ended'));
  const earlier = Date.now();
  assertPage(await browser.submit(page, { action: '/gatelodge/revoke', about: 'Ended' }), 200);

  const others = await looks(() => ownerPage(browser));
  const all = await looks(async () => assert.ok(!(await ownerPage(browser, asAt(earlier))).says.includes('Ended')));
  assert.equal(all, others + 1, 'its Ledger was asked, beside those that are listed');
  assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
  await eventually(() => assertNotAdmitted(edge, tokens.access_token));
});

test('a second approval of a client within a second is done', async () => {
  const browser = new Browser();
  const client = await Client.register(edge);
  await enter(browser, `${edge.url}/gatelodge`);
  const questions = [await browser.open(client.authorization().url), await browser.open(client.authorization().url)];
  for (const question of questions) {
    const headers = ordering({ at: 'REGISTER', how: 'strict' });
    const answer = await browser.submit(question, { button: 'approve', headers });
    assert.ok(answer.leftTo?.searchParams.get('code'), `HTTP ${answer.status} ${answer.says}`);
  }
  await eventually(() => edge.log.some((line) => /register: KV PUT failed: 429/.test(line)));
});
