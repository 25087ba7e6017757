// Whoever has all that is stored, and the source, is let in nowhere: no secret is in it in any spelling, and nothing in it passes for one.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { basic, CALLBACK, Client } from './support/client.mjs';
import { bytesOf, textsOf } from './support/dump.mjs';
import { KEY, OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertAdmitted, assertOauthError, assertPage, assertTokens } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { enter, obtainCode } from './support/sign_in.mjs';
import { Signer } from './support/signer.mjs';
import { World } from './support/world.mjs';

const PUBLIC_URL = 'https://mcp.example.com';
const NETWORK = '203.0.113.44';
const PREFIXES = ['gl_access', 'gl_client', 'gl_code', 'gl_refresh', 'gl_session', 'gl_ticket'];
const AT_ONCE = 40;

let dump;
let edge;
let folder;
let lived;
let origin;
let texts;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatelodge-dump-'));
  origin = await startOrigin();
  const world = new World(origin);
  await start(world);
  lived = await live(world);
  await edge.stop();
  dump = bytesOf(folder);
  texts = textsOf(folder);
  await start(world);
});
after(async () => {
  await edge.stop();
  await origin.stop();
  await rm(folder, { recursive: true });
});

async function start(world) {
  edge = await startEdge({ ORIGIN: origin.url, PUBLIC_URL }, { persist: folder, outboundService: world.service });
  edge.publishAs(PUBLIC_URL);
}

/** A client of each kind, and all that can happen to it. */
async function live(world) {
  const browser = new Browser({ headers: { 'cf-connecting-ip': NETWORK } });
  const login = await browser.open(`${edge.url}/gatelodge`);
  assertPage(await browser.submit(login, { fill: { password: 'a wrong password' } }), 403);
  const clients = {};
  for (const method of ['none', 'client_secret_basic', 'client_secret_post']) {
    clients[method] = await liveAs(browser, await Client.register(edge, { token_endpoint_auth_method: method }));
  }
  const replayed = await liveAs(browser, await Client.register(edge));
  assertOauthError(await replayed.client.redeem(replayed.code, replayed.verifier), 400, 'invalid_grant');
  const waiting = await obtainCode(edge, { browser, client: await Client.register(edge) });
  await liveAs(browser, ...signing(world));
  assertPage(await enter(browser, `${edge.url}/gatelodge`), 200);
  const cookies = browser.cookies(edge.url);
  return { clients, cookies, replayed, waiting };
}

async function liveAs(browser, client, own = () => ({})) {
  const { code, verifier } = await obtainCode(edge, { browser, client });
  const first = assertTokens(await client.redeem(code, verifier, own()));
  await assertAdmitted(edge, first.access_token);
  const second = assertTokens(await client.refresh(first.refresh_token, own()));
  assertTokens(await client.refresh(first.refresh_token, own()));
  await assertAdmitted(edge, second.access_token);
  return { client, code, verifier, first, second };
}

/** A client with a document, and what it adds to each request. */
function signing(world) {
  const signer = new Signer('ES256', 'key-1');
  const client_id = 'https://signing.example/client.json';
  const document = { client_id, client_name: 'Signing', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'private_key_jwt' };
  world.put(client_id, { ...document, jwks: { keys: [signer.jwk] } });
  const client = new Client(edge, document);
  return [client, () => signer.authenticate(client)];
}

const ofClient = ({ client, code, verifier, first, second }) =>
  [client.registration.client_secret, code, verifier, first?.access_token, first?.refresh_token, second?.access_token, second?.refresh_token].filter(Boolean);

const digest = (bytes) => createHash('sha256').update(bytes).digest();

describe('what is stored has', () => {
  test('what it is thought to have', () => {
    for (const known of ['Test Client', 'Signing', 'client.example', lived.clients.none.client.id]) assert.ok(dump.includes(known), known);
  });

  test('no secret, in no spelling', () => {
    const own = [...Object.values(lived.clients), lived.replayed, lived.waiting].flatMap(ofClient);
    const sessions = lived.cookies.map(({ value }) => value);
    const sealed = [...own, ...sessions].map((value) => value.split('.')).filter((parts) => parts.length === 3);
    const key = Buffer.from(KEY, 'base64');
    // What a person chose can be guessed by its digest, and so can a network address.
    const guessable = [OWNER_PASSWORD, NETWORK, 'a wrong password'].map(Buffer.from).flatMap((bytes) => [bytes, digest(bytes)]);
    const secrets = [...own, ...sessions].map(Buffer.from).concat(key, guessable, sealed.map(([, , payload]) => Buffer.from(payload, 'base64url')));
    assert.ok(secrets.length > 40, 'the life had secrets');
    for (const secret of secrets) {
      for (const spelled of [secret, ...['base64', 'base64url', 'hex', 'utf8'].map((spelling) => secret.toString(spelling))]) {
        assert.ok(!dump.includes(spelled), `storage holds ${secret.toString('latin1').slice(0, 16)}…`);
      }
    }
  });
});

/** Every text, and what it becomes as part of a sealed value, under the key id that a client id tells. */
function* guesses() {
  const keyId = lived.clients.none.client.id.split('.')[1];
  for (const text of texts) {
    yield text;
    for (const prefix of PREFIXES) yield `${prefix}.${keyId}.${text.split('.').at(-1)}`;
    yield digest(text).toString('base64url');
  }
}

/** Tries every guess in one place; `refused` throws when it was of use. */
async function tryAll(attempt, refused) {
  const all = [...new Set(guesses())];
  assert.ok(all.length > 300, `${all.length} guesses`);
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const replies = await Promise.all(some.map(attempt));
    for (const [index, reply] of replies.entries()) refused(reply, `${some[index].slice(0, 80)}: HTTP ${reply.status} ${reply.text.slice(0, 200)}`);
  }
}

describe('nothing that is stored is of use as', () => {
  const status = (...expected) => (reply, what) => assert.ok(expected.includes(reply.status), what);
  const cookieOf = (kind, value) => `${lived.cookies.find(({ key }) => key.includes(kind)).key}=${value}`;

  test('a token for a call', async () => {
    await assertAdmitted(edge, lived.clients.none.second.access_token);
    origin.requests.length = 0;
    await tryAll((guess) => call(edge, guess), status(400, 401));
    assert.deepEqual(origin.requests, []);
  });

  test('a code, with what is stored of its verifier', async () => {
    const { client } = lived.waiting;
    const challenges = texts.filter((text) => /^[\w-]{43}$/.test(text));
    const verifiers = ['v'.repeat(43), ...challenges];
    await tryAll((guess) => client.redeem(guess, verifiers[guess.length % verifiers.length]), status(400));
    for (const verifier of challenges) assertOauthError(await client.redeem(lived.waiting.code, verifier), 400, 'invalid_grant');
  });

  test('a refresh token', async () => {
    const { client } = lived.clients.none;
    await tryAll((guess) => client.refresh(guess), status(400));
  });

  for (const method of ['client_secret_basic', 'client_secret_post']) {
    test(`the secret of a client (${method})`, async () => {
      const { client, second } = lived.clients[method];
      const { client_secret: secret } = client.registration;
      const attempt = (guess) =>
        method === 'client_secret_basic'
          ? edge.post('/token', { form: { grant_type: 'refresh_token', refresh_token: second.refresh_token }, headers: { authorization: basic(client.id, guess) } })
          : edge.post('/token', { form: { grant_type: 'refresh_token', refresh_token: second.refresh_token, client_id: client.id, client_secret: guess } });
      await tryAll(attempt, status(400, 401));
      assertTokens(await attempt(secret));
    });
  }

  test("the owner's cookies", async () => {
    const open = (session) => edge.get('/gatelodge', { headers: { accept: 'text/html', cookie: cookieOf('session', session) } });
    const refused = (reply, what) => assert.ok(reply.status === 200 && reply.text.includes('action="/gatelodge/sign-in"'), what);
    await tryAll(open, refused);
    const own = await open(lived.cookies.find(({ key }) => key.includes('session')).value);
    assert.throws(() => refused(own, 'the real one opens'));
  });

  test('the ticket of a form', async () => {
    const browser = lived.cookies.find(({ key }) => key.includes('browser')).value;
    const session = lived.cookies.find(({ key }) => key.includes('session')).value;
    const headers = { 'sec-fetch-site': 'same-origin', cookie: `${cookieOf('browser', browser)}; ${cookieOf('session', session)}` };
    const forms = ['/authorize', '/gatelodge/sign-in', '/gatelodge/revoke-all'];
    const attempt = (ticket) => edge.post(forms[ticket.length % forms.length], { form: { ticket, password: 'x', decision: 'approve', all: 'yes' }, headers });
    await tryAll(attempt, status(400));
  });

  test('something to revoke', async () => {
    await tryAll((token) => edge.post('/revoke', { form: { token } }), status(200));
    const { client, second } = lived.clients.none;
    await assertAdmitted(edge, second.access_token);
    assertTokens(await client.refresh(second.refresh_token));
  });
});
