// The examples of docs/examples/, behind the edge itself.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { freePort } from '../../scripts/port.mjs';
import { derivedKey } from './support/asserting_edge.mjs';
import { KEY, startEdge } from './support/edge.mjs';
import { assertJson } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { WHOAMI, carrying, prepareExamples, startExample, toolAnswer, whoami } from './support/origin_examples.mjs';
import { connect } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

const examples = await prepareExamples();

describe('behind the edge', () => {
  for (const example of examples) {
    describe(example.name, { skip: example.missing ?? false }, () => promises(example));
  }
});

function promises(example) {
  let edge;
  let origin;
  let token;
  before(async () => {
    // Each has to know the address of the other.
    const port = await steadyPort();
    origin = await startExample(example, { port: await freePort(), issuer: `http://localhost:${port}` });
    edge = await startEdge({ ORIGIN: origin.audience, ASSERTION: example.assertion }, { port });
    token = (await connect(edge)).tokens.access_token;
  });
  after(async () => {
    await edge?.stop();
    await origin?.stop();
  });

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
    assert.deepEqual(assertJson(await edge.get('/.well-known/jwks.json'), 200), { keys: [jwk] });
  });
}
