// A real client in front of a real server: the MCP SDK with its own OAuth, and the reference server at home.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

import { Browser } from './support/browser.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, passes } from './support/eventually.mjs';
import { startEverything } from './support/everything.mjs';
import { MemoryProvider } from './support/sdk_provider.mjs';
import { connectSdk, signInSdk } from './support/sdk_sign_in.mjs';
import { enter } from './support/sign_in.mjs';

const LONG = 'trigger-long-running-operation';
const SAMPLING = 'trigger-sampling-request';

let edge;
let home;
const open = new Set();

before(async () => {
  home = await startEverything();
});
after(() => home.stop());
afterEach(async () => {
  for (const client of open) await client.close();
  open.clear();
  await edge.stop();
});

async function start(vars) {
  edge = await startEdge({ ORIGIN: home.url, GRANT_CACHE_SECONDS: '1', ...vars });
}

async function connect(provider, url = edge.mcp) {
  return kept(await connectSdk(url, provider));
}

/** From nothing to connected, as an application does it. */
async function signIn(provider, browser = new Browser(), url = edge.mcp) {
  return kept(await signInSdk(url, { provider, browser }));
}

/** To be closed after the test. */
function kept(connected) {
  open.add(connected.client);
  return connected;
}

for (const method of ['none', 'client_secret_post', 'client_secret_basic']) {
  test(`it signs in, lists the tools and calls one (${method})`, async () => {
    await start();
    const { client } = await signIn(new MemoryProvider({ method }));

    const { tools } = await client.listTools();
    assert.ok(
      tools.some((tool) => tool.name === 'echo'),
      tools.map((tool) => tool.name).join(),
    );
    const answer = await client.callTool({ name: 'echo', arguments: { message: 'Gr\u00fc\u00dfe \u{1f3e1}' } });
    assert.match(answer.content[0].text, /Gr\u00fc\u00dfe \u{1f3e1}/u);
  });
}

for (const address of ['/mcp/', '/', '']) {
  test(`it connects to the address "${address}" too`, async () => {
    await start();
    const { client } = await signIn(new MemoryProvider(), new Browser(), edge.url + address);
    assert.ok((await client.listTools()).tools.length > 0);
  });
}

test('progress arrives while the call is still running', async () => {
  await start();
  const { client } = await signIn(new MemoryProvider());
  const heard = [];
  let ended = false;
  const call = client.callTool({ name: LONG, arguments: { duration: 2, steps: 4 } }, undefined, {
    onprogress: (progress) => heard.push({ progress: progress.progress, ended }),
  });
  const answer = await call.finally(() => (ended = true));
  assert.match(answer.content[0].text, /completed/);
  const early = heard.filter((event) => !event.ended).map((event) => event.progress);
  assert.ok(early.length > 1, `progress before the result: ${JSON.stringify(heard)}`);
  assert.deepEqual(early, early.toSorted());
});

test('the server asks the client while its call is open, and gets the answer', async () => {
  await start();
  const provider = new MemoryProvider();
  await signIn(provider);
  const client = new Client({ name: 'sdk-test', version: '1.0.0' }, { capabilities: { sampling: {} } });
  open.add(client);
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    content: { type: 'text', text: 'the answer of the model' },
    model: 'a-model',
    role: 'assistant',
  }));
  await client.connect(new StreamableHTTPClientTransport(new URL(edge.mcp), { authProvider: provider }));
  const tools = await eventually(async () => {
    const { tools } = await client.listTools();
    return tools.some((tool) => tool.name === SAMPLING) && tools;
  });
  assert.ok(tools.length > 0);
  const answer = await client.callTool({ name: SAMPLING, arguments: { prompt: 'a question' } });
  assert.match(answer.content[0].text, /the answer of the model/);
});

test("the server's own messages arrive on the stream that the client holds open", async () => {
  await start();
  const { client } = await signIn(new MemoryProvider());
  const heard = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, (message) => heard.push(message.params.data));
  await client.callTool({ name: 'toggle-simulated-logging', arguments: {} });
  await eventually(() => heard.length > 0);
  assert.match(String(heard[0]), /message/);
});

test('several calls at once are answered', async () => {
  await start();
  const { client } = await signIn(new MemoryProvider());
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => client.callTool({ name: 'echo', arguments: { message: `call ${n}` } })),
  );
  for (const [n, answer] of answers.entries()) assert.ok(answer.content[0].text.includes(`call ${n}`));
});

test('it ends its session, and begins another with the token it has', async () => {
  await start();
  const provider = new MemoryProvider();
  const { client, transport } = await signIn(provider);
  assert.ok(transport.sessionId);
  await transport.terminateSession();
  await client.close();
  open.delete(client);
  const again = await connect(provider);
  assert.ok((await again.client.listTools()).tools.length > 0);
  assert.equal(provider.sentTo.length, 1, 'the person was asked once');
});

describe('when its access token expires', () => {
  test('it refreshes by itself, goes on in its session, and the person is not asked', async () => {
    await start({ ACCESS_TOKEN_SECONDS: '2' });
    const provider = new MemoryProvider();
    const { client, transport } = await signIn(provider);
    const first = provider.tokens();
    const session = transport.sessionId;
    await passes(3);

    const answer = await client.callTool({ name: 'echo', arguments: { message: 'still here' } });

    assert.match(answer.content[0].text, /still here/);
    assert.notEqual(provider.tokens().access_token, first.access_token);
    assert.notEqual(provider.tokens().refresh_token, first.refresh_token);
    assert.equal(transport.sessionId, session);
    assert.equal(provider.sentTo.length, 1);
  });

  test('calls that are made at once all go on', async () => {
    await start({ ACCESS_TOKEN_SECONDS: '2' });
    const provider = new MemoryProvider();
    const { client } = await signIn(provider);
    await passes(3);
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => client.callTool({ name: 'echo', arguments: { message: `call ${n}` } })),
    );
    assert.equal(answers.length, 5);
    assert.equal(provider.sentTo.length, 1);
  });
});

test('when the owner revokes it, its next calls end, and it asks the person again', async () => {
  await start();
  const provider = new MemoryProvider();
  const browser = new Browser();
  const { client } = await signIn(provider, browser);
  await client.listTools();

  const page = await enter(browser, `${edge.url}/gatelodge`);
  assert.ok(page.says.includes('SDK Client'));
  await browser.submit(page, { action: '/gatelodge/revoke', about: 'SDK Client' });

  await eventually(() => assert.rejects(client.listTools(), UnauthorizedError), { within: 30_000, every: 250 });
  assert.equal(provider.sentTo.length, 2);

  const again = await signIn(provider, browser);
  assert.ok((await again.client.listTools()).tools.length > 0);
});

test('when its registration is no longer known, it registers again and signs in', async () => {
  await start();
  const provider = new MemoryProvider();
  await signIn(provider);
  const { client_id: old, ...rest } = provider.clientInformation();
  provider.saveClientInformation({ ...rest, client_id: 'of-another-time' });
  provider.saveTokens({ ...provider.tokens(), access_token: 'expired' });

  const { client } = await signIn(provider);

  assert.ok((await client.listTools()).tools.length > 0);
  assert.notEqual(provider.clientInformation().client_id, 'of-another-time');
  assert.notEqual(provider.clientInformation().client_id, old);
});
