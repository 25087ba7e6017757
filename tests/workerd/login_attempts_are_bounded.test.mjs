// What a stranger's guesses cost: a rate limit stands before the Ledger, and a throttle before its writes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { startWrappedEdge } from './support/wrapped_edge.mjs';

/** As in wrangler.toml. */
const LIMIT = { attempts: 20, seconds: 60 };
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

/** Attempts from one network at once; what they cost, and what they were answered. */
async function attempts(count, address = nextNetwork()) {
  const pages = await Promise.all(
    Array.from({ length: count }, async () => {
      const browser = new Browser({ headers: { 'cf-connecting-ip': address } });
      const page = await browser.open(`${edge.url}/gatelodge`);
      return browser.submit(page, { fill: { password: 'a guess' } });
    }),
  );
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

const minute = () => Math.floor(Date.now() / (LIMIT.seconds * 1000));

test('of one network, twenty attempts in a minute reach the Ledger, and five are written', async () => {
  for (;;) {
    const began = minute();
    const cost = await attempts(2 * LIMIT.attempts);
    // The platform counts by minutes of the clock.
    if (minute() !== began) continue;
    assert.deepEqual(cost, {
      refused: FREE_FAILURES,
      throttled: 2 * LIMIT.attempts - FREE_FAILURES,
      limits: 2 * LIMIT.attempts,
      ledger: LIMIT.attempts,
      reads: 2 * LIMIT.attempts,
      writes: WRITES * FREE_FAILURES,
      others: 0,
    });
    return;
  }
});

test('of all networks, a hundred failures in an hour are written', async () => {
  const before = networks * FREE_FAILURES;
  let written = 0;
  for (let failures = before; failures < FAILURES_AN_HOUR; failures += FREE_FAILURES) {
    const { refused, writes } = await attempts(FREE_FAILURES);
    assert.equal(refused, FREE_FAILURES);
    written += writes;
  }
  assert.equal(written, WRITES * (FAILURES_AN_HOUR - before));

  const { refused, throttled, ledger, writes } = await attempts(FREE_FAILURES);
  assert.deepEqual({ refused, throttled, ledger, writes }, { refused: 0, throttled: FREE_FAILURES, ledger: FREE_FAILURES, writes: 0 });
});
