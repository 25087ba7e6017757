// Many MCP servers redirect /mcp to /mcp/ or back. A client would lose its body or its token on the way, so the edge
// goes there itself, once, and remembers.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { call } from './support/mcp_call.mjs';
import { answerJsonRpc, startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

let edge;
let origin;

afterEach(async () => {
  await edge.stop();
  await origin.stop();
});

async function startWith(path, answer) {
  origin = await startOrigin(answer);
  edge = await startEdge({ ORIGIN: `http://127.0.0.1:${origin.port}${path}` });
  return (await connect(edge)).tokens.access_token;
}

for (const [configured, real] of [
  ['/mcp', '/mcp/'],
  ['/mcp/', '/mcp'],
  ['/a/server', '/a/server/'],
]) {
  for (const status of [307, 308]) {
    for (const absolute of [false, true]) {
      test(`${status} from ${configured} to ${absolute ? 'http://host' : ''}${real} is followed once and remembered`, async () => {
        const token = await startWith(configured, (response, received) => {
          if (received.url === real) return answerJsonRpc(response, received);
          const location = absolute ? `http://127.0.0.1:${origin.port}${real}` : real;
          return response.writeHead(status, { location }).end();
        });

        for (const id of [1, 2]) {
          const reply = await call(edge, token, { message: { jsonrpc: '2.0', id, method: 'ping' } });
          assert.equal(reply.status, 200, reply.text);
          assert.equal(reply.json().id, id);
        }

        assert.deepEqual(
          origin.requests.map((request) => request.url),
          [configured, real, real],
        );
      });
    }
  }
}

test('a loop is 502 after the one redirect that is followed', async () => {
  const token = await startWith('/mcp', (response, { url }) =>
    response.writeHead(307, { location: url === '/mcp' ? '/mcp/' : '/mcp' }).end(),
  );
  const reply = await call(edge, token);
  assert.equal(reply.status, 502, reply.text);
  assert.equal(origin.requests.length, 2);
});
