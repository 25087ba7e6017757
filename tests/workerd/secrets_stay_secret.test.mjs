// The log is for the owner and for whoever helps him: it holds steps, never a secret (RS-28). And what is stored lets
// nobody in.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { KEY, OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { enter, obtainCode } from './support/sign_in.mjs';

const ORIGIN_SECRET = 'only home and the edge know this';

let edge;
let origin;
let persist;
let secrets;

before(async () => {
  persist = await mkdtemp(join(tmpdir(), 'gatelodge-'));
  origin = await startOrigin();
  const vars = { ORIGIN: origin.url, ORIGIN_HEADERS: JSON.stringify({ '/mcp': { 'X-Secret': ORIGIN_SECRET } }) };
  edge = await startEdge(vars, { persist });
  secrets = await live();
});
after(async () => {
  await edge.stop();
  await rm(persist, { recursive: true });
});

/** Everything that can happen to a client, and all the secrets that it took. */
async function live() {
  const browser = new Browser({ headers: { 'cf-connecting-ip': '203.0.113.44' } });
  const client = await Client.register(edge, { token_endpoint_auth_method: 'client_secret_post' });
  const { code, verifier } = await obtainCode(edge, { browser, client });
  const first = (await client.redeem(code, verifier)).json();
  const second = (await client.refresh(first.refresh_token)).json();
  await call(edge, second.access_token);
  await call(edge, second.refresh_token);
  await client.refresh(first.refresh_token);
  await origin.stop();
  assert.equal((await call(edge, second.access_token)).status, 502, 'a failure, which is logged');
  const page = await enter(browser, `${edge.url}/gatelodge`);
  assert.equal(page.status, 200);
  const cookies = browser.cookies(edge.url).map((cookie) => cookie.value);
  const tokens = [first, second].flatMap((answer) => [answer.access_token, answer.refresh_token]);
  const own = [code, verifier, client.registration.client_secret, ...tokens, ...cookies];
  return [OWNER_PASSWORD, KEY, ORIGIN_SECRET, '203.0.113.44', ...own];
}

test('the log', () => {
  assert.ok(edge.log.length > 0, 'there is a log');
  const log = edge.log.join('\n');
  for (const secret of secrets) assert.ok(!log.includes(secret), `the log holds ${secret.slice(0, 12)}…`);
});

test('what is stored, in the register and in the Ledgers', async () => {
  await edge.stop();
  const files = await readdir(persist, { recursive: true, withFileTypes: true });
  const stored = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
  );
  const dump = Buffer.concat(stored);
  assert.ok(dump.includes('Test Client'), 'the dump is one of this storage');
  for (const secret of secrets) assert.ok(!dump.includes(secret), `storage holds ${secret.slice(0, 12)}…`);
});
