// Home is not always there. A client must not take that for a missing session, an old protocol or a lost token, and
// must find its connection as it was (TR-09, TR-13, TR-54).

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import tls from 'node:tls';

import { startEdge } from './support/edge.mjs';
import { inTime } from './support/eventually.mjs';
import { assertGatewayError } from './support/gateway_errors.mjs';
import { call } from './support/mcp_call.mjs';
import { startNastyOrigin } from './support/nasty_origin.mjs';
import { selfSigned } from './support/self_signed.mjs';
import { connect } from './support/sign_in.mjs';
import { steadyPort } from './support/steady_port.mjs';

const METHODS = ['POST', 'GET', 'DELETE'];
const WAYS = [
  ['/refused', 'at a port where nobody listens', ({ closed }) => `http://127.0.0.1:${closed}`],
  ['/nameless', 'at a name that does not resolve', () => 'http://nobody-has-this-name.invalid'],
  ['/plain', 'at https, where http is spoken', ({ plain }) => `https://127.0.0.1:${plain}`],
  ['/secure', 'at http, where https is spoken', ({ secure }) => `http://127.0.0.1:${secure}`],
  ['/self-signed', 'behind a certificate that it has signed itself', ({ secure }) => `https://127.0.0.1:${secure}`],
];
const HOME = ['/home', 'where it should be', ({ plain }) => `http://127.0.0.1:${plain}`];

let origin;
let secure;
let heard = 0;
let closed;
let edge;
before(async () => {
  origin = await startNastyOrigin();
  secure = tls.createServer(selfSigned(), () => (heard += 1)).listen(0, '127.0.0.1');
  secure.on('tlsClientError', () => {});
  await once(secure, 'listening');
  closed = await steadyPort();
  const ports = { closed, plain: origin.port, secure: secure.address().port };
  const mounts = [...WAYS, HOME].map(([path, , home]) => ({ path, origin: home(ports) + path }));
  edge = await startEdge({ ORIGIN: undefined, MOUNTS: JSON.stringify(mounts) });
});
after(async () => {
  await edge.stop();
  secure.close();
  await origin.stop();
});

/** The edge, for clients of this mount. */
function at(path) {
  return Object.assign(Object.create(edge), { mcp: edge.url + path });
}

for (const [path, where] of WAYS) {
  test(`home is ${where}: 502, and nothing is said of that place`, async () => {
    const token = (await connect(at(path))).tokens.access_token;
    origin.behave('200 with a result');
    // The first call of a client has a line of its own in the log.
    await inTime(call(edge, token, { path }), 'an answer');
    edge.log.length = 0;
    for (const method of METHODS) {
      const reply = await inTime(call(edge, token, { path, method }), `${method}: an answer`);
      await assertGatewayError(edge, reply, 'Unreachable', [`:${closed}`, `:${origin.port}`, 'nobody-has-this-name', token]);
    }
    assert.deepEqual(origin.calls, []);
    assert.equal(heard, 0, 'no call was told to who cannot be trusted');
  });
}

test('home is switched off: an error with Retry-After; switched on again: as before', async () => {
  const [path] = HOME;
  const token = (await connect(at(path))).tokens.access_token;
  const ping = (bearer, method) => inTime(call(edge, bearer, { path, method }), `${method}: an answer`);
  origin.behave('200 with a result');
  assert.equal((await ping(token, 'POST')).status, 200);

  const { port } = origin;
  await origin.stop();
  for (const method of METHODS) await assertGatewayError(edge, await ping(token, method), 'Unreachable', [`:${port}`, token]);
  assert.equal((await ping(undefined, 'POST')).status, 401, 'a stranger learns nothing of it');

  await origin.listen(port);
  assert.equal((await ping(token, 'POST')).status, 200);
});
