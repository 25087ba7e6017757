// Guessing is slow, being right is never punished, and a stranger cannot lock the owner out (AS-82).

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertPage } from './support/expect.mjs';

const FREE_FAILURES = 5;
const FAILURES_AN_HOUR = 100;

let edge;

beforeEach(async () => {
  edge = await startEdge();
});
afterEach(() => edge.stop());

function from(address) {
  return new Browser({ headers: { 'cf-connecting-ip': address } });
}

async function attempt(browser, password) {
  return browser.submit(await browser.open(`${edge.url}/gatelodge`), { fill: { password } });
}

async function fail(address, times) {
  for (let time = 1; time <= times; time += 1) {
    assertPage(await attempt(from(address), `guess number ${time}`), 403);
  }
}

function assertThrottled(page) {
  assertPage(page, 429);
  assert.match(page.headers['retry-after'], /^[1-9]\d*$/);
}

test('five failures are free, then the address waits, with the right password too', async () => {
  await fail('203.0.113.7', FREE_FAILURES);
  assertThrottled(await attempt(from('203.0.113.7'), 'yet another guess'));
  assertThrottled(await attempt(from('203.0.113.7'), OWNER_PASSWORD));
});

test('another address is not touched', async () => {
  await fail('203.0.113.7', FREE_FAILURES);
  assertThrottled(await attempt(from('203.0.113.7'), 'yet another guess'));
  assertPage(await attempt(from('203.0.113.8'), 'a first guess'), 403);
  assertPage(await attempt(from('203.0.113.9'), OWNER_PASSWORD), 200);
});

test('an IPv6 address is its /64', async () => {
  await fail('2001:db8:1:2::1', FREE_FAILURES);
  assertThrottled(await attempt(from('2001:db8:1:2:ffff::9'), 'yet another guess'));
  assertPage(await attempt(from('2001:db8:1:3::1'), 'a first guess'), 403);
});

test('success does not count, however often', async () => {
  for (let time = 0; time <= 2 * FREE_FAILURES; time += 1) {
    assertPage(await attempt(from('203.0.113.7'), OWNER_PASSWORD), 200);
  }
});

test('the wait grows with each failure after it', async () => {
  await fail('203.0.113.7', FREE_FAILURES);
  const first = await attempt(from('203.0.113.7'), 'guess');
  assertThrottled(first);
  assert.ok(Number(first.headers['retry-after']) <= 15 * 60);
});

test('when all addresses together fail too often, only a browser known from before is let in', async () => {
  const known = from('203.0.113.1');
  assertPage(await attempt(known, OWNER_PASSWORD), 200);
  const page = await known.open(`${edge.url}/gatelodge`);
  await known.submit(page, { action: '/gatelodge/sign-out' });

  for (let stranger = 0; stranger < FAILURES_AN_HOUR; stranger += FREE_FAILURES) {
    await fail(`198.51.100.${stranger}`, FREE_FAILURES);
  }

  assertThrottled(await attempt(from('203.0.113.99'), OWNER_PASSWORD));
  assertPage(await attempt(known, OWNER_PASSWORD), 200);
});
