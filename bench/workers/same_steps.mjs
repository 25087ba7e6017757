// What Gatelodge has the platform do for a call, in plain JavaScript and without a check of anything: it shows how much of a call's time is
// what the platform takes for these steps. Fields are chosen, the message is taken in, both waits have an end, and a client that leaves is noticed.
const SENT = new Set(['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id']);
const RELAYED = new Set(['content-type', 'mcp-session-id']);
const PATIENCE = 300_000;

export default {
  async fetch(request, env) {
    const { promise: left, resolve } = Promise.withResolvers();
    request.signal.addEventListener('abort', resolve);
    return Promise.race([forward(request, env), left.then(() => new Response())]);
  },
};

async function forward(request, { ORIGIN }) {
  const body = request.method === 'POST' ? await inTime(request.arrayBuffer()) : undefined;
  const headers = chosen(request.headers, SENT);
  headers.set('accept-encoding', 'identity');
  headers.set('user-agent', 'Gatelodge');
  const sent = { method: request.method, headers, body, redirect: 'manual', signal: request.signal };
  const answer = await inTime(fetch(ORIGIN, sent));
  const relayed = chosen(answer.headers, RELAYED);
  relayed.set('cache-control', 'no-store');
  relayed.set('x-content-type-options', 'nosniff');
  return new Response(answer.body, { status: answer.status, headers: relayed });
}

function chosen(headers, names) {
  const kept = new Headers();
  for (const [name, value] of headers) if (names.has(name)) kept.append(name, value);
  return kept;
}

async function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(reject, PATIENCE)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
