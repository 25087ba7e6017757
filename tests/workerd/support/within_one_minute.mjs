// The platform counts by minutes of the clock.

import assert from 'node:assert/strict';

const TRIES = 3;
const minute = () => Math.floor(Date.now() / 60_000);

/** What it resolves to when it began and ended in the same minute; it is done again if not. */
export async function withinOneMinute(act) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const began = minute();
    const result = await act();
    if (minute() === began) return result;
  }
  assert.fail(`a minute ended ${TRIES} times before this was done: this machine is too slow for it`);
}
