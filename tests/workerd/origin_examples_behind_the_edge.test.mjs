// The examples of docs/examples/, behind the edge itself.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { freePort } from '../../scripts/port.mjs';
import { derivedKey } from './support/asserting_edge.mjs';
import { KEY, startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { assertJson } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { WHOAMI, carrying, prepareExamples, startExample, toolAnswer, whoami } from './support/origin_examples.mjs';
import { signInSdk } from './support/sdk_sign_in.mjs';
import { connect } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

const NEW_KEY = Buffer.alloc(32, 'n').toString('base64');
const examples = await prepareExamples();

describe('behind the edge', () => {
  for (const example of examples) {
    describe(example.name, { skip: example.missing ?? false }, () => promises(example));
  }
});

function promises(example) {
  let edge;
  let origin;
  let port;
  let token;
  before(async () => {
    // Each has to know the address of the other.
    port = await steadyPort();
    origin = await startExample(example, { port: await freePort(), issuer: `http://localhost:${port}` });
    await edgeStarts();
  });
  after(async () => {
    await edge?.stop();
    await origin?.stop();
  });

  async function edgeStarts(keys) {
    edge = await startEdge({ ORIGIN: origin.audience, ASSERTION: example.assertion, ...keys }, { port });
    token = (await connect(edge)).tokens.access_token;
  }

  async function keySet() {
    return assertJson(await edge.get('/.well-known/jwks.json'), 200);
  }

  test('a call is let in, and the next one too', async () => {
    for (let times = 0; times < 2; times += 1) {
      const reply = await call(edge, token, { message: WHOAMI });
      assert.equal(reply.status, 200, reply.text);
      assert.match(toolAnswer(reply), /^owner, client [\w-]{43}$/);
    }
  });

  test('the same call straight to it is refused, whatever a client can show', async () => {
    for (const shown of [undefined, token]) {
      assert.equal((await whoami(origin.audience, carrying(example, shown))).status, 401);
    }
    assert.equal((await call({ url: new URL(origin.audience).origin }, token, { message: WHOAMI })).status, 401);
  });

  test('the key set is the key that GATELODGE_KEY makes', async () => {
    const { jwk } = await derivedKey(KEY);
    assert.deepEqual(await keySet(), { keys: [jwk] });
  });

  test('a client of the SDK is served', { skip: !example.speaks && 'it is no whole MCP server' }, async () => {
    const { client } = await signInSdk(edge.mcp);
    const { content } = await client.callTool({ name: 'whoami', arguments: {} });
    await client.close();
    assert.match(content[0].text, /^owner, client [\w-]{43}$/);
  });

  test('a new GATELODGE_KEY is known within ten seconds', async () => {
    await edge.stop();
    await edgeStarts({ GATELODGE_KEY: NEW_KEY, GATELODGE_KEY_PREVIOUS: KEY });
    const keys = await Promise.all([NEW_KEY, KEY].map(derivedKey));
    assert.deepEqual(await keySet(), { keys: keys.map(({ jwk }) => jwk) });
    await eventually(async () => assert.equal((await call(edge, token, { message: WHOAMI })).status, 200));
  });
}
