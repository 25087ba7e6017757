// Workers KV as it is far from where it was written: it answers as it did some time ago, and takes one write of a key in a second.

const PAUSE = 1_000;

/** What each key held before each of its writes, and when that was written over; oldest first. */
const past = new Map();

/** Keeps what is there, before it is written over. */
export async function writing(register, key) {
  const { value, metadata } = await register.getWithMetadata(key);
  past.set(key, [...(past.get(key) ?? []), { value, metadata, until: Date.now() }]);
}

/** Whether this is a second write within a second. */
export function isTooSoon({ method, key }) {
  const last = past.get(key)?.at(-1);
  return (method === 'put' || method === 'delete') && last !== undefined && Date.now() - last.until < PAUSE;
}

/** What was there at an instant, unless that is there still. */
function heldAt(key, instant) {
  return past.get(key)?.find(({ until }) => until > instant);
}

/** The same answer, as it was at that instant. */
export function asOf(instant, { method, key }, answer) {
  if (method === 'list') return listedAt(instant, key, answer);
  const held = heldAt(key, instant);
  if (!held) return answer;
  return method === 'getWithMetadata' ? { ...answer, ...held } : held.value;
}

function listedAt(instant, prefix = '', answer) {
  const kept = answer.keys.filter(({ name }) => !heldAt(name, instant));
  const changed = [...past.keys()].filter((name) => name.startsWith(prefix)).map((name) => ({ name, ...heldAt(name, instant) }));
  const then = changed.filter(({ value }) => typeof value === 'string').map(({ name, metadata }) => ({ name, metadata }));
  return { ...answer, keys: [...kept, ...then] };
}
