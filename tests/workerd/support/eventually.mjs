import { setTimeout as pause } from 'node:timers/promises';

/** Repeats `check` until it no longer throws or answers false; what it threw last is the failure. */
export async function eventually(check, { within = 10_000, every = 50 } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== false) return answer;
      throw new Error(`not within ${within} ms: ${check}`);
    } catch (failure) {
      if (Date.now() > deadline) throw failure;
    }
    await pause(every);
  }
}

/** Fails a promise that takes longer than its bound, so that a hang is a named failure. */
export async function inTime(promise, what, within = 10_000) {
  const ended = new AbortController();
  const late = pause(within, undefined, { signal: ended.signal }).then(
    () => Promise.reject(new Error(`${what}: not within ${within} ms`)),
    () => {},
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    ended.abort();
  }
}

/** Waits for the clock, where the clock itself is what is tested. */
export async function passes(seconds) {
  await pause(seconds * 1000);
}
