// What a stranger's guesses cost: who has to wait is not heard, a rate limit stands before the Ledger, and a throttle before its writes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { withinOneMinute } from './support/within_one_minute.mjs';
import { ordering, startWrappedEdge } from './support/wrapped_edge.mjs';

/** As in wrangler.toml. */
const LIMIT = 20;
const FREE_FAILURES = 5;
const FAILURES_AN_HOUR = 100;
/** Each failure is written to its source and to all. */
const WRITES = 2;

let edge;
before(async () => {
  edge = await startWrappedEdge();
});
after(() => edge.stop());

let networks = 0;
const nextNetwork = () => `198.51.100.${(networks += 1)}`;

async function guess(address, headers = {}) {
  const browser = new Browser({ headers: { 'cf-connecting-ip': address } });
  const page = await browser.open(`${edge.url}/gatelodge`);
  return browser.submit(page, { fill: { password: 'a guess' }, headers });
}

async function oneByOne(count, address) {
  const pages = [];
  for (let time = 0; time < count; time += 1) pages.push(await guess(address));
  return pages;
}

/** All of them are on their way before the first is judged. */
const atOnce = (count, address) =>
  Promise.all(Array.from({ length: count }, () => guess(address, ordering({ at: 'LEDGER', how: 'slow', ms: 1_000 }))));

/** What attempts from a new network cost, and what they were answered. */
async function costOf(attempts, count) {
  await edge.operations();
  const pages = await attempts(count, nextNetwork());
  const operations = await edge.operations();
  const done = (place, method) => operations.filter((operation) => operation.at === place && operation.method === method).length;
  return {
    refused: pages.filter(({ status }) => status === 403).length,
    throttled: pages.filter(({ status, headers }) => status === 429 && Number(headers['retry-after']) > 0).length,
    limits: done('SIGN_IN_LIMIT', 'limit'),
    ledger: done('LEDGER', 'fetch'),
    reads: done('storage', 'get'),
    writes: done('storage', 'put'),
    others: operations.filter(({ at }) => at === 'REGISTER').length,
  };
}

test('of one network, five guesses are judged, and one more is told to wait', async () => {
  const asked = FREE_FAILURES + 1;
  assert.deepEqual(await costOf(oneByOne, LIMIT), {
    refused: FREE_FAILURES,
    throttled: LIMIT - FREE_FAILURES,
    limits: asked,
    ledger: asked,
    reads: 2 * asked,
    writes: WRITES * FREE_FAILURES,
    others: 0,
  });
});

test('of one network at once, twenty attempts in a minute reach the Ledger, and five are written', async () => {
  const cost = await withinOneMinute(() => costOf(atOnce, 2 * LIMIT));
  assert.deepEqual(cost, {
    refused: FREE_FAILURES,
    throttled: 2 * LIMIT - FREE_FAILURES,
    limits: 2 * LIMIT,
    ledger: LIMIT,
    reads: 2 * LIMIT,
    writes: WRITES * FREE_FAILURES,
    others: 0,
  });
});

test('of all networks, a hundred failures in an hour are written, and then nobody is heard', async () => {
  const earlier = networks * FREE_FAILURES;
  let written = 0;
  for (let failures = earlier; failures < FAILURES_AN_HOUR; failures += FREE_FAILURES) {
    const { refused, writes } = await costOf(oneByOne, FREE_FAILURES);
    assert.equal(refused, FREE_FAILURES);
    written += writes;
  }
  assert.equal(written, WRITES * (FAILURES_AN_HOUR - earlier));

  for (const ledger of [1, 0, 0]) {
    const cost = await costOf(oneByOne, FREE_FAILURES);
    assert.deepEqual(cost, { refused: 0, throttled: FREE_FAILURES, limits: ledger, ledger, reads: 2 * ledger, writes: 0, others: 0 });
  }
});
