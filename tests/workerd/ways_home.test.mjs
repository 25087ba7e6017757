// The ways home: a DDNS host with any port, the public name of a tunnel with a service token, and a private way through a
// binding. What belongs to one way goes no other, and a client can say nothing that home believes of the edge (TR-15).

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { assertionLines } from '../../scripts/mounts.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { call } from './support/mcp_call.mjs';
import { answerJsonRpc, startOrigin } from './support/origin.mjs';
import { open } from './support/send.mjs';
import { connect, obtainCode } from './support/sign_in.mjs';

const [first, second] = [await startOrigin(), await startOrigin()];
after(() => Promise.all([first.stop(), second.stop()]));

/** The platform's own stand-in for a VPC service: one address, whatever the URL says. */
const leadingTo = ({ port }) => ({ external: { address: `127.0.0.1:${port}`, http: {} } });

async function withEdge(vars, services, use) {
  const edge = await startEdge(vars, { services });
  try {
    await use(edge);
  } finally {
    await edge.stop();
    for (const origin of [first, second]) {
      origin.requests.length = 0;
      origin.answer = answerJsonRpc;
    }
  }
}

async function tokenFor(edge, path) {
  const resource = edge.url + path;
  const { client, code, verifier } = await obtainCode(edge, { authorization: { resource } });
  const reply = await client.redeem(code, verifier, { resource });
  assert.equal(reply.status, 200, reply.text);
  return reply.json().access_token;
}

describe('through a binding', () => {
  const bound = { ORIGIN: 'http://notes.internal:8000/mcp', ORIGIN_BINDING: 'HOME' };

  test('home is reached, and called by the name in ORIGIN', async () => {
    await withEdge(bound, { HOME: leadingTo(first) }, async (edge) => {
      const { tokens } = await connect(edge);
      const reply = await call(edge, tokens.access_token, { path: '/mcp?a=1' });
      assert.equal(reply.status, 200, reply.text);
      const { headers, method, url } = first.last;
      assert.deepEqual([method, url, headers.host], ['POST', '/mcp?a=1', 'notes.internal:8000']);
      assert.ok(headers['gatelodge-assertion']);
    });
  });

  test('each event is there before the next is sent, and a client that leaves is gone at home within a second', async () => {
    await withEdge(bound, { HOME: leadingTo(first) }, async (edge) => {
      let stream;
      first.answer = (response) => (stream = response.writeHead(200, { 'content-type': 'text/event-stream' })).write('data: 0\n\n');
      const { tokens } = await connect(edge);
      const headers = { accept: 'text/event-stream', authorization: `Bearer ${tokens.access_token}` };
      const { request, response } = await open(edge.mcp, { method: 'GET', headers });
      const chunks = response[Symbol.asyncIterator]();
      for (let event = 0; event < 5; event += 1) {
        assert.equal(String((await inTime(chunks.next(), `event ${event}`)).value), `data: ${event}\n\n`);
        stream.write(`data: ${event + 1}\n\n`);
      }
      request.socket.resetAndDestroy();
      await eventually(() => first.last.closed, { within: 1_000 });
    });
  });

  test('a redirect to the other slash is followed, and no other', async () => {
    await withEdge(bound, { HOME: leadingTo(first) }, async (edge) => {
      const { tokens } = await connect(edge);
      first.answer = (response, request) =>
        request.url === '/mcp/' ? answerJsonRpc(response, request) : response.writeHead(307, { location: '/mcp/' }).end();
      assert.equal((await call(edge, tokens.access_token)).status, 200);
      first.answer = (response) => response.writeHead(307, { location: `http://127.0.0.1:${second.port}/mcp/` }).end();
      assert.equal((await call(edge, tokens.access_token)).status, 502);
      assert.deepEqual(second.requests, []);
    });
  });

  test('home that is away is 502 with a sentence and Retry-After, as on every way', async () => {
    await withEdge(bound, { HOME: { external: { address: '127.0.0.1:9', http: {} } } }, async (edge) => {
      const { tokens } = await connect(edge);
      const reply = await call(edge, tokens.access_token);
      assert.equal(reply.status, 502);
      assert.match(reply.json().error.message, /^The home server cannot be reached/);
      assert.match(reply.headers['retry-after'], /^\d+$/);
    });
  });

  test('one that wrangler.toml does not have is a mistake that is told', async () => {
    for (const [vars, key] of [
      [bound, 'ORIGIN_BINDING'],
      [{ MOUNTS: '[{"binding": "HOME"}]' }, 'MOUNTS'],
      // A binding of the edge's own leads to no server.
      [{ ORIGIN_BINDING: 'REGISTER' }, 'ORIGIN_BINDING'],
    ]) {
      await withEdge(vars, {}, async (edge) => {
        const reply = await edge.get('/.well-known/oauth-protected-resource');
        assert.equal(reply.status, 503);
        assert.deepEqual(reply.json().problems.map((problem) => problem.key), [key]);
      });
    }
  });
});

test('each mount has its own way, with its own credential', async () => {
  const service = { 'CF-Access-Client-Id': 'id.access', 'CF-Access-Client-Secret': 'of the first' };
  const vars = {
    ORIGIN: first.url,
    MOUNTS: JSON.stringify([{ path: '/mcp' }, { path: '/notes', origin: 'http://localhost:8000', binding: 'NOTES' }]),
    ORIGIN_HEADERS: JSON.stringify({ '/mcp': service, '/notes': { 'X-Gate-Key': 'of the second' } }),
  };
  await withEdge(vars, { NOTES: leadingTo(second) }, async (edge) => {
    assert.equal((await call(edge, await tokenFor(edge, '/mcp'))).status, 200);
    assert.equal((await call(edge, await tokenFor(edge, '/notes'), { path: '/notes' })).status, 200);
    const [one, other] = [first.last.headers, second.last.headers];
    assert.deepEqual([one['cf-access-client-id'], one['cf-access-client-secret'], one['x-gate-key']], ['id.access', 'of the first', undefined]);
    assert.deepEqual([other['cf-access-client-id'], other['x-gate-key'], second.last.url], [undefined, 'of the second', '/notes']);
    assert.deepEqual([first.requests.length, second.requests.length], [1, 1]);
  });
});

test('a client cannot set a header that home believes', async () => {
  const own = { 'X-Gate-Key': 'of the operator', 'Mcp-Gate': 'of the operator' };
  const vars = { ORIGIN: first.url, ORIGIN_HEADERS: JSON.stringify({ '/mcp': own }) };
  await withEdge(vars, {}, async (edge) => {
    const { tokens } = await connect(edge);
    const invented = [
      'X-Gate-Key', 'x_gate_key', 'Mcp-Gate', 'mcp_gate', 'Mcp-Session_Id', 'mcp-session_id', 'Gatelodge-Assertion', 'Gatelodge-Subject',
      'Gatelodge-Client', 'Gatelodge-Scope', 'gatelodge_assertion', 'Cookie', 'Proxy-Authorization', 'DPoP', 'Forwarded', 'X-Forwarded-For',
      'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-User', 'X-Real-IP', 'X-Original-URL', 'X-HTTP-Method-Override', 'Via', 'Remote-User',
      'CF-Connecting-IP', 'CF-Access-Client-Secret', 'Cf-Access-Jwt-Assertion', 'CF-Worker', 'True-Client-IP', 'Origin', 'Referer', 'X-Anything',
    ];
    const headers = Object.fromEntries(invented.map((name) => [name, name === 'Origin' ? 'https://claude.ai' : 'invented']));
    const reply = await call(edge, tokens.access_token, { headers });
    assert.equal(reply.status, 200, reply.text);
    const got = Object.entries(first.last.headers);
    assert.deepEqual(got.filter(([, value]) => value === 'invented' || value === 'https://claude.ai'), []);
    assert.equal(first.last.headers['x-gate-key'], 'of the operator');
    assert.equal(first.last.headers['mcp-gate'], 'of the operator');
  });
});

test('the check shows the audience that assertions have, however ORIGIN is spelled', async () => {
  for (const ORIGIN of [`http://LOCALHOST:${first.port}`, `http://localhost:${first.port}/`, `http://127.0.0.1:${first.port}/a/../mcp`]) {
    await withEdge({ ORIGIN }, {}, async (edge) => {
      const { tokens } = await connect(edge);
      await call(edge, tokens.access_token);
      const [, claims] = first.last.headers['gatelodge-assertion'].split('.');
      const { iss, aud } = JSON.parse(Buffer.from(claims, 'base64url'));
      assert.deepEqual(assertionLines({ ORIGIN }, edge.url), [`  /mcp  assertions say iss ${iss} and aud ${aud}`]);
    });
  }
  assert.deepEqual(assertionLines({ ORIGIN: first.url, ASSERTION: 'off' }), []);
  assert.deepEqual(assertionLines({ ORIGIN: first.url, MOUNTS: '[{"auth": "open"}]' }), []);
});

test('what a message says of its connection ends with it, in both directions', async () => {
  await withEdge({ ORIGIN: first.url }, {}, async (edge) => {
    const { tokens } = await connect(edge);
    first.answer = (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', connection: 'Mcp-Hop', 'mcp-hop': '1', 'mcp-stays': '1', 'mcp_session_id': 'x' })
        .end('{"jsonrpc":"2.0","id":1,"result":{}}');
    const reply = await call(edge, tokens.access_token, { headers: { connection: 'close, Mcp-Hop', 'mcp-hop': '1', 'mcp-stays': '1' } });
    const { headers } = first.last;
    assert.deepEqual([headers['mcp-hop'], headers['mcp-stays']], [undefined, '1']);
    assert.deepEqual([reply.headers['mcp-hop'], reply.headers['mcp-stays'], reply.headers['mcp_session_id']], [undefined, '1', undefined]);
  });
});
