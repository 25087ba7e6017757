// Clients that are described by a document at the address that is their identifier. They register nowhere; what they
// say is fetched for the owner only, and from places that a stranger chooses.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, beforeEach, describe, test } from 'node:test';

import { createPrivateKeyJwtAuth } from '@modelcontextprotocol/sdk/client/auth-extensions.js';

import { Browser } from './support/browser.mjs';
import { CALLBACK, Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertAdmitted, assertNotAdmitted, assertOauthError, assertPage, assertTokens } from './support/expect.mjs';
import { eventually } from './support/eventually.mjs';
import { startOrigin } from './support/origin.mjs';
import { MemoryProvider } from './support/sdk_provider.mjs';
import { mcpServer } from './support/sdk_server.mjs';
import { signInSdk } from './support/sdk_sign_in.mjs';
import { connect, decide, enter } from './support/sign_in.mjs';
import { World, json } from './support/world.mjs';

let edge;
let origin;
let world;
let serial = 0;

before(async () => {
  origin = await startOrigin();
  world = new World(origin);
  edge = await startEdge(
    { ORIGIN: origin.url, GRANT_CACHE_SECONDS: '1', PUBLIC_URL: 'https://mcp.example.com' },
    { outboundService: world.service },
  );
  edge.publishAs('https://mcp.example.com');
});
after(async () => {
  await edge.stop();
  await origin.stop();
});
beforeEach(() => {
  world.asked.length = 0;
});

/** A client at an address of its own, so that nothing of another test is remembered. */
function described(members = {}, url = `https://client-${(serial += 1)}.example/client.json`) {
  const document = { client_id: url, client_name: 'Described', redirect_uris: [CALLBACK], ...members };
  world.put(url, document);
  return new Client(edge, document);
}

describe('a client with a document', () => {
  test('connects, refreshes and revokes, and is looked up once', async () => {
    const { client, tokens } = await connect(edge, { client: described() });
    await assertAdmitted(edge, tokens.access_token);
    const next = assertTokens(await client.refresh(tokens.refresh_token));
    assert.equal((await client.revoke(next.refresh_token)).status, 200);
    await eventually(() => assertNotAdmitted(edge, next.access_token));
    assert.equal(world.count(client.id), 1);
  });

  test('is asked for plainly, without anything of the person (AS-59)', async () => {
    const client = described();
    await enter(new Browser(), client.authorization().url);
    const [{ method, headers }] = world.asked;
    assert.equal(method, 'GET');
    assert.equal(headers.accept, 'application/json');
    for (const name of ['cookie', 'authorization', 'referer', 'origin']) assert.equal(headers[name], undefined, name);
  });

  test('is not looked up before the owner has signed in (AS-51)', async () => {
    const client = described();
    const page = await new Browser().open(client.authorization().url);
    assert.ok(page.asksForPassword);
    for (const parameters of [{ code: 'gl_code.x.y', code_verifier: 'x'.repeat(43) }]) {
      const reply = await client.token({ grant_type: 'authorization_code', ...parameters });
      assertOauthError(reply, 400, 'invalid_grant');
    }
    assert.deepEqual(world.asked, []);
  });

  test('may have a redirect with any port on the own computer, as Claude Code does (AS-54)', async () => {
    const client = described({ redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'] });
    const browser = new Browser();
    const page = await enter(browser, client.authorization({ redirect_uri: 'http://localhost:51004/callback' }).url);
    assert.match(page.says, new RegExp(`Described by ?${new URL(client.id).hostname}`));
    assert.match(page.says, /program on the computer that you are using now/);
    const answered = await browser.submit(page, { button: 'approve' });
    assert.equal(answered.leftTo.origin, 'http://localhost:51004');
    const wrong = await browser.open(client.authorization({ redirect_uri: 'https://evil.example/callback' }).url);
    assertPage(wrong, 400);
  });

  test('may be put into the world after it failed, and is then found', async () => {
    const url = 'https://late.example/client.json';
    const client = new Client(edge, { client_id: url, redirect_uris: [CALLBACK] });
    const browser = new Browser();
    assertPage(await enter(browser, client.authorization().url), 400);
    described({}, url);
    assert.equal((await browser.open(client.authorization().url)).status, 200);
  });

  test('can be refused by the owner', async () => {
    const back = await decide(new Browser(), described().authorization().url, 'deny');
    assert.equal(back.searchParams.get('error'), 'access_denied');
    assert.equal(back.searchParams.get('iss'), edge.url);
  });

  test('like ChatGPT, which offers a signature or none, connects without one', async () => {
    const client = described({
      client_name: 'ChatGPT',
      grant_types: ['authorization_code', 'refresh_token'],
      jwks_uri: 'https://chatgpt.example/jwks.json',
      redirect_uris: ['https://chatgpt.example/connector/oauth/abc'],
      response_types: ['code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    });
    client.registration.token_endpoint_auth_method = 'none';
    const { tokens } = await connect(edge, { client });
    assertTokens(await client.refresh(tokens.refresh_token));
    assert.deepEqual(world.asked.map((request) => request.url), [client.id]);
  });
});

describe('a hostile document', () => {
  const long = (bytes) => ({ x: 'x'.repeat(bytes) });
  /** Sends as long as the test runs: `size` bytes every few milliseconds, and does not say how many there will be. */
  function endless(size, milliseconds) {
    const body = new ReadableStream({
      async pull(controller) {
        await pause(milliseconds);
        if (over) return controller.close();
        return controller.enqueue(new Uint8Array(size).fill(32));
      },
    });
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  }
  let over = false;
  after(() => (over = true));

  const HOSTILE = [
    ['that redirects', () => new Response(null, { status: 302, headers: { location: 'https://10.0.0.1/' } }), 'redirects and errors'],
    ['that redirects to a good one', () => new Response(null, { status: 307, headers: { location: 'https://good.example/c' } }), 'redirects and errors'],
    ['that is not there', () => json({}, { status: 404 }), 'redirects and errors'],
    ['that comes with another success', (document) => json(document, { status: 203 }), 'redirects and errors'],
    ['that is HTML', () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }), 'not JSON'],
    ['that says it is text', (document) => new Response(JSON.stringify(document)), 'not JSON'],
    ['that is half', () => new Response('{"client_id":', { headers: { 'content-type': 'application/json' } }), 'not a JSON object'],
    ['that is huge', (document) => json({ ...document, ...long(5_120) }), 'larger than 5 KB'],
    ['that never ends', () => endless(1024, 5), 'larger than 5 KB'],
    ['that is slow', () => endless(1, 200), 'too long to answer'],
    ['that never comes', () => pause(4_000).then(() => json({})), 'too long to answer'],
    ['of another client', (document) => json({ ...document, client_id: `${document.client_id}/` }), 'another app'],
    ['with the port in its name', (document) => json({ ...document, client_id: document.client_id.replace('.example', '.example:443') }), 'another app'],
    ['with a secret', (document) => json({ ...document, client_secret: 'x' }), 'publishes a secret'],
    ['that relies on a secret', (document) => json({ ...document, token_endpoint_auth_method: 'client_secret_post' }), 'publishes a secret'],
    ['with a private key', (document) => json({ ...document, jwks: { keys: [{ kty: 'EC', d: 'x' }] } }), 'publishes a secret'],
    ['without a name', (document) => json({ ...document, client_name: undefined }), 'what it is called'],
    ['without a redirect URI', (document) => json({ ...document, redirect_uris: undefined }), 'redirect_uris'],
    ['with keys at a private address', (document) => json({ ...document, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://169.254.169.254/k' }), 'no keys'],
  ];
  for (const [what, answer, says] of HOSTILE) {
    test(`(${what}) gets a page, and is neither followed nor remembered`, async () => {
      const client = described();
      const document = client.registration;
      world.put(client.id, () => answer(document));
      const browser = new Browser();

      const began = Date.now();
      const page = assertPage(await enter(browser, client.authorization().url), 400);
      assert.ok(Date.now() - began < 5_000);
      assert.match(page.says, new RegExp(says));
      assert.equal(page.hasButton('approve'), false);
      assert.deepEqual(world.asked.map((request) => request.url), [client.id]);

      world.put(client.id, document);
      assert.equal((await browser.open(client.authorization().url)).status, 200);
    });
  }

  const NOWHERE = [
    'http://client.example/c',
    'https://client.example',
    'https://client.example/',
    'https://u:p@client.example/c',
    'https://client.example/c#f',
    'https://client.example/../c',
    'https://client.example/./c',
    'https://client.example:443/c',
    'https://169.254.169.254/c',
    'https://[::1]/c',
    'https://[::ffff:10.0.0.1]/c',
    'https://0x7f000001/c',
    'https://2130706433/c',
    'https://localhost/c',
    'https://nas.local/c',
    'https://mcp.example.com/c',
  ];
  for (const id of NOWHERE) {
    test(`at ${id} is not asked for (AS-50, AS-58)`, async () => {
      const client = new Client(edge, { client_id: id, redirect_uris: [CALLBACK] });
      const browser = new Browser();
      await enter(browser, `${edge.url}/gatelodge`);
      const page = assertPage(await browser.open(client.authorization().url), 400);
      assert.match(page.says, /a web address that cannot be one/);
      assertOauthError(await client.refresh('gl_refresh.x.y'), 401, 'invalid_client');
      assert.deepEqual(world.asked, []);
    });
  }
});

test('the server says that it reads documents, and that a client needs no authentication (AS-11, AS-12)', async () => {
  const metadata = (await edge.get('/.well-known/oauth-authorization-server')).json();
  assert.equal(metadata.client_id_metadata_document_supported, true);
  assert.ok(metadata.token_endpoint_auth_methods_supported.includes('none'));
});

describe('the MCP SDK with a document', () => {
  let home;
  let own;
  let outside;

  before(async () => {
    home = await startOrigin(mcpServer({ greet: () => 'hello' }));
    outside = new World(home);
    own = await startEdge({ ORIGIN: home.url, REGISTRATION: 'off' }, { outboundService: outside.service });
  });
  after(async () => {
    await own.stop();
    await home.stop();
  });

  async function assertConnects(url, provider, members = {}) {
    const document = { client_id: url, client_name: 'SDK', redirect_uris: ['http://localhost/callback'], ...members };
    outside.put(url, document);
    provider.clientMetadataUrl = url;
    const { client } = await signInSdk(own.mcp, { provider });
    assert.equal((await client.listTools()).tools[0].name, 'greet');
    await client.close();
    assert.equal(provider.clientInformation().client_id, url);
    assert.equal(outside.count(url), 1);
  }

  test('connects without registering', async () => {
    await assertConnects('https://public.example/client.json', new MemoryProvider());
  });

  test('connects with its own private_key_jwt', async () => {
    const url = 'https://signing.example/client.json';
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const provider = new MemoryProvider();
    provider.addClientAuthentication = createPrivateKeyJwtAuth({
      alg: 'ES256',
      issuer: url,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      subject: url,
    });
    await assertConnects(url, provider, {
      jwks: { keys: [publicKey.export({ format: 'jwk' })] },
      token_endpoint_auth_method: 'private_key_jwt',
    });
  });
});
