// What is cut comes back: home and the edge are restarted, cables are pulled, and clients go on. Nobody signs in again.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { layCable } from './support/cable.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { startOrigin } from './support/origin.mjs';
import { buildRustSdkClient, connectRustSdk } from './support/rust_sdk_client.mjs';
import { EventStore, mcpServer } from './support/sdk_server.mjs';
import { connectSdk, signInSdk } from './support/sdk_sign_in.mjs';
import { connect } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

let edge;
let folder;
let homePort;
let origin;
let port;
/** What a call of the tool `wait` waits for. */
let done;
const open = [];

before(async () => {
  [homePort, port, folder] = [await steadyPort(), await steadyPort(), await mkdtemp(join(tmpdir(), 'gatelodge-'))];
  origin = await startOrigin();
  await origin.stop();
  await homeStarts();
  await edgeStarts();
});
afterEach(async () => {
  for (const end of open.splice(0)) await end();
});
after(async () => {
  await edge.stop();
  await origin.stop();
  await rm(folder, { recursive: true });
});

/** A server that remembers nothing of an earlier one's sessions. */
async function homeStarts() {
  const tools = {
    echo: ({ message }) => `said ${message}`,
    wait: async () => {
      await new Promise((resolve) => (done = resolve));
      return 'done at last';
    },
  };
  origin.answer = mcpServer(tools, { eventStore: new EventStore() });
  await origin.listen(homePort);
}

async function edgeStarts() {
  edge = await startEdge({ ORIGIN: `http://127.0.0.1:${homePort}/mcp` }, { persist: folder, port });
}

/** It comes again as the SDK does, and longer: a restart takes its time on a busy machine. */
class PatientTransport extends StreamableHTTPClientTransport {
  constructor(url, options) {
    const delays = { initialReconnectionDelay: 100, maxReconnectionDelay: 1_000, reconnectionDelayGrowFactor: 1.5 };
    super(url, { ...options, reconnectionOptions: { ...delays, maxRetries: 20 } });
  }
}

async function signedIn(url = edge.mcp) {
  const connected = await signInSdk(url, { Transport: PatientTransport });
  open.push(() => connected.client.close());
  return connected;
}

const echo = async (client, message) => (await client.callTool({ name: 'echo', arguments: { message } })).content[0].text;

/** The methods, with what home answered, since the last look. */
function homeHeard() {
  const heard = origin.requests.splice(0);
  return heard.map(({ method, body, response }) => {
    const message = method === 'POST' ? JSON.parse(body).method : method;
    return `${message} ${response.statusCode}`;
  });
}

describe('home is restarted, and knows no session', () => {
  before(buildRustSdkClient);

  test('the client that holds to the specification goes on by itself (TR-22)', async () => {
    const { tokens } = await connect(edge);
    const client = await connectRustSdk(edge.mcp, tokens.access_token);
    open.push(() => client.stop());
    assert.equal(await client.call('echo', { message: 'one' }), 'said one');
    await origin.stop();
    await homeStarts();
    homeHeard();

    assert.equal(await client.call('echo', { message: 'two' }), 'said two');

    const calls = homeHeard().filter((call) => !call.startsWith('GET'));
    assert.deepEqual(calls, ['tools/call 404', 'initialize 200', 'notifications/initialized 202', 'tools/call 200']);
  });

  test('another is told so, and connects anew with the tokens it has', async () => {
    const { client, transport, provider } = await signedIn();
    const before = transport.sessionId;
    await origin.stop();
    await homeStarts();

    const failure = await client.callTool({ name: 'echo', arguments: { message: 'two' } }).catch((failure) => failure);
    assert.ok(failure instanceof StreamableHTTPError);
    assert.equal(failure.code, 404);
    assert.match(failure.message, /Session not found/);

    const again = await connectSdk(edge.mcp, provider);
    open.push(() => again.client.close());
    assert.equal(await echo(again.client, 'three'), 'said three');
    assert.notEqual(again.transport.sessionId, before);
    assert.equal(provider.sentTo.length, 1, 'the person was asked once');
  });
});

test('home is away for a while: calls fail with a reason, and are good again when it is back', async () => {
  const { client, provider } = await signedIn();
  const [listen, answer] = [() => origin.listen(homePort), origin.answer];
  await origin.stop();
  const failure = await echo(client, 'one').catch((failure) => failure);
  assert.ok([502, 503].includes(failure.code), String(failure));
  assert.match(failure.message, /home server/);

  origin.answer = answer;
  await listen();

  assert.equal(await echo(client, 'two'), 'said two');
  assert.equal(provider.sentTo.length, 1);
});

test('the edge is restarted: the client goes on in its session, and listens again', async () => {
  const { client, transport, provider } = await signedIn();
  const session = transport.sessionId;
  await eventually(() => origin.requests.some(isListening));
  await echo(client, 'listening');
  origin.requests.length = 0;
  await edge.stop();
  await edgeStarts();

  assert.equal(await echo(client, 'again'), 'said again');
  assert.equal(transport.sessionId, session);
  await eventually(() => origin.requests.some(isListening));
  assert.equal(provider.sentTo.length, 1);
});

describe('a stream is cut while its call is running', () => {
  /** A call whose answer has begun, and home's side of it. */
  async function begun(client) {
    homeHeard();
    done = undefined;
    const answer = client.callTool({ name: 'wait', arguments: {} });
    answer.catch(() => {});
    await eventually(() => done !== undefined && origin.requests.some(isRunning));
    return { answer, running: origin.requests.find(isRunning) };
  }

  async function assertResumed(answer) {
    await eventually(() => origin.requests.some(({ method, headers }) => method === 'GET' && headers['last-event-id']));
    done();
    const { content } = await inTime(answer, 'the answer');
    assert.equal(content[0].text, 'done at last');
    const calls = homeHeard().filter((call) => call.startsWith('tools/call'));
    assert.deepEqual(calls, ['tools/call 200'], 'the call is made once (TR-09)');
  }

  test('at home: the client asks for the rest, and gets the answer (TR-25)', async () => {
    const { client } = await signedIn();
    const { answer, running } = await begun(client);
    running.response.destroy();
    await assertResumed(answer);
  });

  test('between the client and the edge: the same, and home is told at once', async () => {
    const cable = await layCable(port);
    open.push(() => cable.stop());
    const { client } = await signedIn(`${cable.url}/mcp`);
    const { answer, running } = await begun(client);
    cable.cut();
    await eventually(() => running.closed, { within: 1_000 });
    await assertResumed(answer);
  });
});

/** The stream of the server's own messages. */
function isListening({ method, response }) {
  return method === 'GET' && response.headersSent && !response.writableEnded;
}

/** The call whose answer has begun and not ended. */
function isRunning({ method, response }) {
  return method === 'POST' && response.headersSent && !response.writableEnded;
}
