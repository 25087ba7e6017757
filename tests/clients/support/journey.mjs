// One journey for every client: from the bare address to a call, through all that can happen to its tokens, and back in. What became of it is
// a row of the README's table.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from '../../workerd/support/browser.mjs';
import { layCable } from '../../workerd/support/cable.mjs';
import { startEdge } from '../../workerd/support/edge.mjs';
import { eventually, passes } from '../../workerd/support/eventually.mjs';
import { decide, enter } from '../../workerd/support/sign_in.mjs';
import { World } from '../../workerd/support/world.mjs';
import { failureOf, wayBack, whatFits } from './outcome.mjs';
import { writeRow } from './row.mjs';

const NAME = 'A real client';
const DOCUMENT = 'https://client.example/app.json';
/** The loopback address of each client; its port may be another one. */
const REDIRECT_URIS = ['http://localhost:33418/callback', 'http://127.0.0.1/oauth/callback'];
/** Longer than all that is done with the first token, and not long to wait for. */
const TOKEN_SECONDS = 6;
const GREETING = 'Gr\u00fc\u00dfe \u{1f3e1}';
const LONG = { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } };
/** What is heard so long before the result was not held back for it. */
const EARLY = 200;

/** One client's journeys in both eras of the protocol, at the same time: most of each is waiting. */
export function journeys(...clients) {
  describe(`${clients[0].name}, in both eras`, { concurrency: true }, () => clients.forEach(journey));
}

/**
 * @param {object} client
 * @param {string} client.name as the table has it
 * @param {string} client.version that is installed
 * @param {string} [client.missing] what it needs, if this machine does not have that
 * @param {string} client.protocol the revision that it speaks with this home
 * @param {Function} client.startHome
 * @param {Function} client.start makes an application of it, from `url`, `name`, `open` and `document`
 * @param {number} [client.tokenSeconds] how long its tokens live, if that takes it longer than others
 * @param {string} [client.knownAs] its name on the owner's page, if it cannot be given one
 * @param {boolean} [client.hasDocument] it is known by a document; otherwise it registers
 * @param {RegExp} [client.refusal] how it refuses an answer in the name of another issuer; otherwise it takes it
 * @param {string} [client.noProgress] why it does not tell how far a call is; otherwise it tells
 * @param {RegExp} [client.failure] how its next call fails when it has been revoked; otherwise the call succeeds
 * @param {boolean} [client.asksAtOnce] that call asks the person; otherwise the next connection does
 */
export function journey(client) {
  const row = { client: client.name, version: client.version, protocol: client.protocol };
  if (client.missing) writeRow({ ...row, missing: client.missing });
  const options = { concurrency: 1, skip: client.missing ?? false };
  describe(`${client.name} ${client.version}, ${client.protocol}`, options, () => promises(client, row));
}

function promises(client, row) {
  const browser = new Browser();
  const opened = [];
  const { tokenSeconds = TOKEN_SECONDS } = client;
  let application;
  let cable;
  let edge;
  let home;
  let spoken;

  before(async () => {
    home = await client.startHome();
    cable = await layCable(new URL(home.url).port, { hear });
    const url = `${cable.url}/mcp`;
    const vars = { ORIGIN: url, ACCESS_TOKEN_SECONDS: String(tokenSeconds) };
    edge = await startEdge(vars, client.hasDocument && { outboundService: worldWithDocument(url).service });
    application = start(answer);
  });
  after(async () => {
    await application?.stop();
    await edge?.stop();
    await cable?.stop();
    await home?.stop();
  });

  /** Notes in which revision of the protocol home is spoken to. */
  function hear(bytes) {
    spoken = /^mcp-protocol-version: *(\S+)/im.exec(bytes.toString('latin1'))?.[1] ?? spoken;
  }

  function start(open) {
    return client.start({ url: edge.mcp, name: NAME, open, document: client.hasDocument && DOCUMENT });
  }

  /** What the person does who is sent to this address. */
  async function answer(url) {
    opened.push(new URL(url));
    return decide(browser, url);
  }

  /** The log's words for what was done, oldest first. */
  function steps() {
    const lines = edge.log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    return lines.map(({ step, detail }) => (step === 'token' ? detail : step));
  }

  async function greet() {
    assert.match(await application.call('echo', { message: GREETING }), new RegExp(GREETING, 'u'));
  }

  test('connects by the address alone, and lists the tools', async () => {
    await application.connect();
    const tools = await application.tools();
    assert.ok(tools.includes('echo'), String(tools));
    assert.equal(opened.length, 1);
    const asked = opened[0].searchParams;
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.equal(asked.get('resource'), edge.mcp);
    assert.equal(asked.get('client_id') === DOCUMENT, Boolean(client.hasDocument));
    const registered = client.hasDocument ? [] : ['registered'];
    const way = ['challenge', 'discovery', ...registered, 'consented', 'authorization_code', 'first_call'];
    await eventually(() => assert.deepEqual([...new Set(steps())].filter((step) => step !== 'refresh_token'), way));
    assert.equal(spoken, client.protocol);
    row.connects = client.hasDocument ? 'by its document' : 'registers';
  });

  test('calls a tool with words that are not ASCII', async () => {
    await greet();
    row.calls = 'yes';
  });

  test('tells how far a call is while it runs, or cannot', async () => {
    const heard = [];
    const said = await application.call(LONG.name, LONG.arguments, () => heard.push(Date.now()));
    const ended = Date.now();
    assert.match(said, /completed/);
    if (client.noProgress) assert.deepEqual(heard, []);
    else assert.ok(heard.filter((at) => ended - at > EARLY).length > 1, `${heard} before ${ended}`);
    row.streams = client.noProgress ? `no: ${client.noProgress}` : 'yes';
  });

  test('renews a token that is over, and nobody is asked', async () => {
    const renewals = () => steps().filter((step) => step === 'refresh_token').length;
    const before = renewals();
    await passes(tokenSeconds + 1);
    await greet();
    await eventually(() => renewals() > before);
    assert.equal(opened.length, 1);
    row.renews = 'yes';
  });

  test('is revoked by the owner, is told so, and can come back', async () => {
    const page = await enter(browser, `${edge.url}/gatelodge`);
    await browser.submit(page, { action: '/gatelodge/revoke', about: client.knownAs ?? NAME });
    const failure = await failureOf(greet());
    const asked = opened.length > 1;
    assert.equal(asked, Boolean(client.asksAtOnce), failure);
    const words = whatFits(failure, client.failure);
    if (failure) await application.connect();
    await greet();
    assert.equal(opened.length, 2);
    row.revoked = wayBack(words, asked);
  });

  test('takes or refuses an answer in the name of another issuer, as is known of it', async () => {
    const deceived = start(async (url) => {
      const callback = await decide(browser, url);
      assert.equal(callback.searchParams.get('iss'), edge.url);
      callback.searchParams.set('iss', 'https://elsewhere.example');
      return callback;
    });
    try {
      const failure = await failureOf(deceived.connect().then(() => deceived.tools()));
      row.checksIssuer = whatFits(failure, client.refusal) ? 'yes' : 'no';
    } finally {
      await deceived.stop();
    }
    writeRow(row);
  });
}

/** Where the document is found, besides home. */
function worldWithDocument(url) {
  const world = new World({ url });
  world.put(DOCUMENT, { client_id: DOCUMENT, client_name: NAME, redirect_uris: REDIRECT_URIS, token_endpoint_auth_method: 'none' });
  return world;
}
