// What became of what a client was told to do, and the table's words for it.

import assert from 'node:assert/strict';

/** What became of it in the client's words; nothing if it succeeded. */
export async function failureOf(promise) {
  try {
    await promise;
    return undefined;
  } catch (failure) {
    return `${failure.constructor.name}: ${failure.error ?? failure.message}`;
  }
}

/** The words of a failure that were expected; nothing if none was expected and there is none. */
export function whatFits(failure, expected) {
  if (!expected) return assert.equal(failure, undefined);
  assert.match(failure ?? 'nothing failed', expected);
  return expected.exec(failure)[0];
}

/** From a revocation: what the client said of it, and whether it asked the person while the call waited. */
export function wayBack(words, asked) {
  if (!words) return 'asks at once, and goes on';
  return asked ? `asks at once, then \`${words}\` until it connects anew` : `\`${words}\`; asks when it connects anew`;
}
