// The key can be changed with nobody noticing, or with everybody put out, as the owner needs it.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { KEY, startEdge } from './support/edge.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertPage, assertTokens } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';
import { steadyPort } from './support/steady_port.mjs';
import { connect, enter } from './support/sign_in.mjs';

const NEW_KEY = Buffer.alloc(32, 'n').toString('base64');

let edge;
let origin;
let persist;
let port;

before(async () => {
  origin = await startOrigin();
});
after(() => origin.stop());
beforeEach(async () => {
  persist = await mkdtemp(join(tmpdir(), 'gatelodge-'));
});
afterEach(async () => {
  await edge.stop();
  await rm(persist, { recursive: true });
});

/** The same edge, at the same address and with the same storage, under other keys. */
async function restart(vars) {
  port = edge ? port : await steadyPort();
  await edge?.stop();
  edge = await startEdge({ ORIGIN: origin.url, ...vars }, { persist, port });
}

async function connected(metadata = {}) {
  edge = undefined;
  await restart({});
  const browser = new Browser();
  const connection = await connect(edge, { browser, client: await Client.register(edge, metadata) });
  return { ...connection, browser };
}

for (const method of ['none', 'client_secret_basic', 'client_secret_post']) {
  test(`with the previous key kept, a client stays connected (${method})`, async () => {
    const { client, tokens } = await connected({ token_endpoint_auth_method: method });
    await restart({ GATELODGE_KEY: NEW_KEY, GATELODGE_KEY_PREVIOUS: KEY });
    const there = new Client(edge, client.registration);

    await assertAdmitted(edge, tokens.access_token);
    const next = assertTokens(await there.refresh(tokens.refresh_token));
    await assertAdmitted(edge, next.access_token);
    assertTokens(await there.refresh(next.refresh_token));
  });
}

test('with the previous key kept, a client that is registered can sign in again, and the owner stays signed in', async () => {
  const { browser, client } = await connected();
  await restart({ GATELODGE_KEY: NEW_KEY, GATELODGE_KEY_PREVIOUS: KEY });
  const page = assertPage(await browser.open(new Client(edge, client.registration).authorization().url), 200);
  assert.ok(!page.asksForPassword);
});

test('what was sealed after the change outlives the old key', async () => {
  const { client, tokens } = await connected();
  await restart({ GATELODGE_KEY: NEW_KEY, GATELODGE_KEY_PREVIOUS: KEY });
  const next = assertTokens(await new Client(edge, client.registration).refresh(tokens.refresh_token));

  await restart({ GATELODGE_KEY: NEW_KEY });

  await assertAdmitted(edge, next.access_token);
  const there = new Client(edge, client.registration);
  assertTokens(await there.refresh(next.refresh_token));
});

test('with the old key dropped, everybody signs in again', async () => {
  const { browser, client, tokens } = await connected();
  await restart({ GATELODGE_KEY: NEW_KEY });
  const there = new Client(edge, client.registration);

  await assertNotAdmitted(edge, tokens.access_token);
  assertOauthError(await there.refresh(tokens.refresh_token), 401, 'invalid_client');
  assertPage(await new Browser().open(there.authorization().url), 400);
  assert.ok((await browser.open(`${edge.url}/gatelodge`)).asksForPassword);
  await connect(edge);
});

test('a key is the same in base64, base64url and hexadecimal', async () => {
  const { tokens } = await connected();
  const bytes = Buffer.from(KEY, 'base64');
  for (const spelled of [bytes.toString('base64url'), bytes.toString('hex'), `${bytes.toString('base64')}\n`]) {
    await restart({ GATELODGE_KEY: spelled });
    await assertAdmitted(edge, tokens.access_token);
  }
});

test('connections outlive a restart of the Worker', async () => {
  const { browser, client, tokens } = await connected();
  await restart({});
  await assertAdmitted(edge, tokens.access_token);
  assertTokens(await new Client(edge, client.registration).refresh(tokens.refresh_token));
  assert.ok((await enter(browser, `${edge.url}/gatelodge`)).says.includes('Test Client'));
});
