// What is stored grows old: who stays is listed anew, what is over is deleted when it is, and what lost its alarm is deleted when anybody
// asks for it. Time passes here between two runs, for all that is stored at once.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { dueAlarms, letPass, loseAlarms, storedAlarms, storedClients, storedEntries } from './support/aged.mjs';
import { Browser } from './support/browser.mjs';
import { CALLBACK, Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { assertNotAdmitted, assertOauthError, assertPage, assertTokens } from './support/expect.mjs';
import { connect, enter, obtainCode } from './support/sign_in.mjs';
import { Signer } from './support/signer.mjs';
import { steadyPort } from './support/steady_port.mjs';
import { World } from './support/world.mjs';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONG = 100;
const VARS = { REFRESH_TOKEN_SECONDS: String(LONG * DAY) };

let folder;
let port;
let edge;
const world = new World();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatelodge-time-'));
  // Tokens are good at the address that made them.
  port = await steadyPort();
  await start();
});
afterEach(async () => {
  await edge.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start() {
  edge = await startEdge(VARS, { persist: folder, port, outboundService: world.service });
}

/** So much later, and all that was due then is done. */
async function pass(seconds, meanwhile = () => {}) {
  await edge.stop();
  letPass(folder, seconds);
  meanwhile();
  await start();
  await eventually(() => assert.equal(dueAlarms(folder), 0));
}

const keys = () => storedEntries(folder).map(({ key }) => key).sort();

async function rows() {
  const register = await edge.miniflare.getKVNamespace('REGISTER');
  return (await register.list()).keys;
}

/** The rows of a grant and of its client, and in how many days they expire. */
async function assertListedFor(days) {
  const listed = await rows();
  assert.deepEqual(listed.map(({ name }) => name.split('/')[0]).sort(), ['client', 'grant']);
  for (const { name, expiration, metadata } of listed) {
    assert.equal(metadata.client, 'Stays');
    assert.ok(Math.abs(expiration - Date.now() / 1000 - days * DAY) < HOUR, `${name}: ${expiration}`);
  }
}

/** Nothing is left of anything. */
async function assertGone() {
  assert.deepEqual(storedEntries(folder), []);
  assert.deepEqual(storedAlarms(folder), []);
  assert.deepEqual(await rows(), []);
}

test('a grant that lives is listed anew after ninety days, with its client; when it is dead it is gone', async () => {
  const { client, tokens } = await connect(edge, { client: await Client.register(edge, { client_name: 'Stays' }) });
  await assertListedFor(100);

  await pass(89 * DAY);
  await assertListedFor(11);
  await pass(2 * DAY);
  await eventually(() => assertListedFor(100));
  assertTokens(await client.refresh(tokens.refresh_token));
  // Its second listing: the first rows would not be there any more.
  await pass(91 * DAY);
  await eventually(() => assertListedFor(100));

  await pass((LONG - 92) * DAY);
  assert.deepEqual(storedClients(folder), ['Stays']);
  await pass(2 * DAY);
  await eventually(assertGone);
});

test('the failures of a network are forgotten an hour after the last; with the last of them the Ledger is empty', async () => {
  const fail = (address) => {
    const browser = new Browser({ headers: { 'cf-connecting-ip': address } });
    return enter(browser, `${edge.url}/gatelodge`, 'a guess');
  };
  assertPage(await fail('198.51.100.1'), 403);
  const [all, first] = keys();
  assert.equal(all, 'all-networks');
  await pass(40 * MINUTE);
  assertPage(await fail('198.51.100.2'), 403);
  const second = keys().find((key) => ![all, first].includes(key));

  await pass(15 * MINUTE);
  assert.deepEqual(keys(), [all, first, second].sort());
  await pass(10 * MINUTE);
  await eventually(() => assert.deepEqual(keys(), [all, second]));
  await pass(HOUR);
  await eventually(assertGone);
});

test("a client's assertion is deleted when it is over, a minute after its end", async () => {
  const signer = new Signer('ES256');
  const document = {
    client_id: 'https://signing.example/client.json',
    client_name: 'Signing',
    jwks: { keys: [signer.jwk] },
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'private_key_jwt',
  };
  world.put(document.client_id, document);
  const { client, code, verifier } = await obtainCode(edge, { client: new Client(edge, document) });
  const exp = Math.floor(Date.now() / 1000) + 5 * MINUTE;
  const proof = () => signer.authenticate(client, { exp });
  assertTokens(await client.redeem(code, verifier, proof()));
  const [assertion, ...others] = keys();
  assert.match(assertion, /^assertion\//);
  assert.deepEqual(others, ['grant']);

  await pass(5 * MINUTE);
  assert.deepEqual(keys(), [assertion, 'grant']);
  await pass(2 * MINUTE);
  await eventually(() => assert.deepEqual(keys(), ['grant']));
  assert.equal(storedAlarms(folder).length, 1, 'the alarm of the grant');
});

describe('a dead grant that has lost its alarm is deleted when anybody asks for it:', () => {
  const ASKING = {
    'its client, which refreshes': async ({ client, tokens }) => {
      assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
    },
    'its client, which calls': ({ tokens }) => assertNotAdmitted(edge, tokens.access_token),
    'its client, which revokes': async ({ client, tokens }) => {
      assert.equal((await client.revoke(tokens.refresh_token)).status, 200);
    },
    'the owner, who looks': async () => {
      assertPage(await enter(new Browser(), `${edge.url}/gatelodge`), 200);
    },
  };
  for (const [who, ask] of Object.entries(ASKING)) {
    test(who, async () => {
      const connection = await connect(edge);
      await connection.client.revoke(connection.tokens.refresh_token);
      await pass(12 * MINUTE, () => loseAlarms(folder));
      assert.deepEqual(keys(), ['grant']);
      assert.equal((await rows()).length, 2);
      assert.deepEqual(storedAlarms(folder), []);

      await ask(connection);
      await eventually(assertGone);
    });
  }
});
