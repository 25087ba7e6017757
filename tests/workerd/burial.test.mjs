// When all in a grant is dead, its alarm deletes it from its Ledger and from the register; not before.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { dueAlarms, makeOlder, storedClients } from './support/aged.mjs';
import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { call } from './support/mcp_call.mjs';
import { enter, obtainCode } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const LIFETIMES = { ACCESS_TOKEN_SECONDS: '60', REFRESH_TOKEN_SECONDS: '120' };

/** What happens to a client, how old that is when the alarm comes, and whether its grant is then deleted. */
const FATES = {
  'never came back with its code': { old: 11 * MINUTE, deleted: true, live: () => {} },
  'may still come with its code': { old: 9 * MINUTE, deleted: false, live: () => {} },
  'let its last token expire': { old: 11 * MINUTE, deleted: true, live: redeem },
  'has a token that is good': { old: 0, deleted: false, live: redeem },
  'was revoked': { old: 11 * MINUTE, deleted: true, live: revoke },
  'was revoked while its ticket lives': { old: 9 * MINUTE, deleted: false, live: revoke },
  'was revoked for a replay': { old: 29 * DAY, deleted: false, live: replay },
  'was revoked for a replay long ago': { old: 31 * DAY, deleted: true, live: replay },
};
const deleted = (name) => FATES[name].deleted;

async function redeem({ client, code, verifier }) {
  const reply = await client.redeem(code, verifier);
  assert.equal(reply.status, 200, reply.text);
  return reply.json();
}

async function revoke(obtained) {
  const tokens = await redeem(obtained);
  assert.equal((await obtained.client.revoke(tokens.refresh_token)).status, 200);
}

async function replay(obtained) {
  await redeem(obtained);
  assert.equal((await obtained.client.redeem(obtained.code, obtained.verifier)).status, 400);
}

let folder;
let edge;
let grants;
let good;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatelodge-burial-'));
  const port = await steadyPort();
  edge = await startEdge(LIFETIMES, { persist: folder, port });
  for (const [name, { live }] of Object.entries(FATES)) {
    const client = await Client.register(edge, { client_name: name });
    const tokens = await live(await obtainCode(edge, { client }));
    if (name === 'has a token that is good') good = tokens.access_token;
  }
  grants = await rows();
  await edge.stop();
  makeOlder(folder, ({ authorization }) => FATES[authorization.client.name].old);
  // Tokens are good at the address that made them.
  edge = await startEdge(LIFETIMES, { persist: folder, port });
});
after(async () => {
  await edge.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The register's rows of grants and of clients, by the name of the client. */
async function rows() {
  const register = await edge.miniflare.getKVNamespace('REGISTER');
  const { keys } = await register.list();
  const of = (kind) => keys.filter(({ name }) => name.startsWith(kind)).map(({ metadata }) => metadata.client).sort();
  return { grants: of('grant/'), clients: of('client/') };
}

test('before its alarm every grant is in the register', () => {
  assert.deepEqual(grants, { grants: Object.keys(FATES).sort(), clients: Object.keys(FATES).sort() });
});

test('what is dead is deleted from the Ledgers and the register, and nothing else', async () => {
  const left = Object.keys(FATES).filter((name) => !deleted(name)).sort();
  await eventually(async () => {
    assert.equal(dueAlarms(folder), 0);
    assert.deepEqual(await rows(), { grants: left, clients: left });
    assert.deepEqual(storedClients(folder).sort(), left);
  }, { within: 20_000 });
});

test('a token that lives goes on', async () => {
  assert.equal((await call(edge, good)).status, 502, 'admitted, and nobody is at home');
});

describe('a client that has its tokens', () => {
  const WORDS = 'made no call within 30 seconds';
  /** What it does, how old that is when the alarm comes, and whether it is then noted as silent. */
  const WAYS = {
    'and does not call': { old: 30, silent: true, live: redeem },
    'and may still call in time': { old: 0, silent: false, live: redeem },
    'and has called': { old: 30, silent: false, live: redeemAndCall },
    'and gives them back': { old: 30, silent: false, live: revoke },
    'and loses its code to a replay': { old: 30, silent: false, live: replay },
  };
  let own;
  let watched;
  let entries;
  const ids = {};

  async function redeemAndCall(obtained) {
    const tokens = await redeem(obtained);
    assert.equal((await call(watched, tokens.access_token)).status, 502, 'admitted, and nobody is at home');
  }

  before(async () => {
    own = await mkdtemp(join(tmpdir(), 'gatelodge-silence-'));
    const port = await steadyPort();
    watched = await startEdge({}, { persist: own, port });
    for (const [name, { live }] of Object.entries(WAYS)) {
      const client = await Client.register(watched, { client_name: name });
      await live(await obtainCode(watched, { client }));
      ids[name] = createHash('sha256').update(client.id).digest('base64url');
    }
    await watched.stop();
    makeOlder(own, ({ authorization }) => WAYS[authorization.client.name].old);
    watched = await startEdge({}, { persist: own, port });
    await eventually(() => {
      assert.equal(dueAlarms(own), 0);
      assert.ok(silences().length > 0);
    }, { within: 20_000 });
    const page = await enter(new Browser(), `${watched.url}/gatelodge`);
    entries = page.document.querySelectorAll('h2').map((title) => [title.text, title.parentNode.text]);
  });
  after(async () => {
    await watched.stop();
    await rm(own, { recursive: true, force: true });
  });

  function silences() {
    return watched.log.filter((line) => line.includes('"step":"silent"')).map((line) => JSON.parse(line));
  }

  for (const [way, { silent }] of Object.entries(WAYS)) {
    test(`${way} is ${silent ? '' : 'not '}noted as silent, on the owner's page and in the log`, () => {
      const told = entries.filter(([title]) => title === way).map(([, text]) => text);
      // What a client has given back is on the page no longer.
      assert.equal(told.length, way === 'and gives them back' ? 0 : 1);
      for (const text of told) assert.equal(text.includes(WORDS), silent, text);
      const lines = silences().filter(({ client }) => client === ids[way]);
      assert.deepEqual(lines.map(({ mount }) => mount), silent ? ['/mcp'] : []);
    });
  }
});
