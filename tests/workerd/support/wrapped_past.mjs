// Workers KV as it is far from where it was written: for a minute it may answer with what was there before, or that there was
// nothing. And a key may be written once a second.

const LAG = 60_000;
const PAUSE = 1_000;

/** What each key held before its first write in the last minute, and when it was written last. */
const past = new Map();

/** Keeps what is there, before it is written over. */
export async function writing(register, key) {
  const now = Date.now();
  const known = past.get(key);
  if (known && now - known.since < LAG) {
    known.last = now;
    return;
  }
  const { value, metadata } = await register.getWithMetadata(key);
  past.set(key, { value, metadata, since: now, last: now });
}

/** Whether a key was written less than a second ago. */
export function tooSoon({ method, key }) {
  const known = past.get(key);
  return (method === 'put' || method === 'delete') && known !== undefined && Date.now() - known.last < PAUSE;
}

function before(key) {
  const known = past.get(key);
  return known && Date.now() - known.since < LAG ? known : undefined;
}

export function staleValue(answer, key, method) {
  const known = before(key);
  if (!known) return answer;
  const isJson = answer !== null && typeof (method === 'get' ? answer : answer.value) === 'object';
  const value = isJson && known.value !== null ? JSON.parse(known.value) : known.value;
  return method === 'get' ? value : { ...answer, value, metadata: known.metadata };
}

export function staleKeys(answer, prefix = '') {
  const hidden = (name) => before(name)?.value === null;
  const listed = answer.keys.filter(({ name }) => !hidden(name)).map((key) => ({ ...key, ...metadataOf(before(key.name)) }));
  const names = new Set(answer.keys.map(({ name }) => name));
  const gone = [...past.keys()].filter((name) => name.startsWith(prefix) && !names.has(name) && before(name) && !hidden(name));
  return { ...answer, keys: [...listed, ...gone.map((name) => ({ name, ...metadataOf(before(name)) }))] };
}

const metadataOf = (known) => (known?.metadata ? { metadata: known.metadata } : {});
