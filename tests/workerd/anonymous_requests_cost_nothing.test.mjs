// A stranger cannot spend the owner's quota: whatever is sent without a good token, code, form or session costs no operation on storage, and
// nothing leaves the edge for it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { call } from './support/mcp_call.mjs';
import { Seeded } from './support/seeded.mjs';
import { connect, enter, obtainCode } from './support/sign_in.mjs';
import { strangers } from './support/strangers.mjs';
import { startWrappedEdge } from './support/wrapped_edge.mjs';

const REQUESTS = 10_000;
const AT_ONCE = 40;
const HOME = 'http://home.example/mcp';
/** What strangers send was good so many seconds ago. */
const A_YEAR = 365 * 86_400;
/** `SEED=… node --test …` sends the same requests again, but for what is sealed anew. */
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const AGAIN = `again with SEED=${SEED}`;

const asked = [];
const outside = (request) => {
  asked.push(request.url);
  return new Response(null, { status: 202 });
};

let edge;
let kinds;
before(async () => {
  edge = await startWrappedEdge({ ORIGIN: HOME }, { outboundService: outside });
  const other = await startEdge({ ORIGIN: HOME }, { outboundService: outside });
  try {
    const [own, foreign] = [await sealedValues(edge), await sealedValues(other)];
    await edge.setClock(A_YEAR);
    const secret = await Client.register(edge, { token_endpoint_auth_method: 'client_secret_basic' });
    const values = [...own.values, ...foreign.values, secret.id];
    kinds = strangers(edge, { client: own.client, secret, values, cookies: own.cookies, login: await loginPage() });
  } finally {
    await other.stop();
  }
  asked.length = 0;
});
after(() => edge.stop());

/** One of each kind. The session has ended, and the tickets are another browser's. */
async function sealedValues(at) {
  const browser = new Browser();
  const { client, tokens } = await connect(at, { browser });
  // Otherwise its silence would be noted in half a minute, which is an operation of nobody's.
  assert.equal((await call(at, tokens.access_token)).status, 202);
  const { code } = await obtainCode(at, { browser, client });
  const page = await enter(browser, `${at.url}/gatelodge`);
  const consent = await browser.open(client.authorization().url);
  await browser.submit(page, { action: '/gatelodge/sign-out' });
  // Not with its own browser's cookie: the two together are a sign-in, which costs what it costs.
  const login = await new Browser().open(`${at.url}/gatelodge`);
  const cookies = browser.cookies(at.url);
  const tickets = [page, consent, login].map(ticketOf);
  return {
    client,
    cookies: cookies.map(({ key }) => key),
    values: [client.id, code, tokens.access_token, tokens.refresh_token, ...cookies.map(({ value }) => value), ...tickets],
  };
}

/** Everybody can have such a page. */
async function loginPage() {
  const browser = new Browser();
  const page = await browser.open(`${edge.url}/gatelodge`);
  const [cookie] = browser.cookies(edge.url);
  return { ticket: ticketOf(page), cookie: `${cookie.key}=${cookie.value}` };
}

const ticketOf = ({ document }) => document.querySelector('input[name=ticket]').getAttribute('value');

test('10,000 requests of strangers cost no operation and no request', async () => {
  const random = new Seeded(SEED);
  await edge.operations();
  const seen = new Map();
  for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) {
    const requests = Array.from({ length: AT_ONCE }, () => {
      const kind = random.of(Object.keys(kinds));
      return { kind, ...kinds[kind](random) };
    });
    const replies = await Promise.all(requests.map(({ path, ...options }) => edge.send(path, options)));
    for (const [at, reply] of replies.entries()) {
      const { kind, status, ...request } = requests[at];
      const what = `${AGAIN}: ${kind}: ${JSON.stringify(request).slice(0, 600)}: HTTP ${reply.status} ${reply.text.slice(0, 200)}`;
      assert.ok(status.includes(reply.status), what);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  }
  assert.equal(seen.size, Object.keys(kinds).length, `${AGAIN}: every kind was sent`);
  assert.deepEqual(await edge.operations(), [], AGAIN);
  assert.deepEqual(asked, [], AGAIN);
});

test('what a good form costs is seen', async () => {
  await enter(new Browser(), `${edge.url}/gatelodge`);
  const places = new Set((await edge.operations()).map(({ at }) => at));
  assert.deepEqual([...places], ['SIGN_IN_LIMIT', 'LEDGER', 'storage', 'REGISTER']);
});

test('what a good call asks is seen', async () => {
  const { tokens } = await connect(edge);
  assert.equal((await call(edge, tokens.access_token)).status, 202, 'admitted');
  assert.deepEqual(asked, [HOME]);
});
