// Every probe that a client is known to send finds its document, as JSON, without storage and without the origin.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { assertJson } from './support/expect.mjs';
import { startOrigin } from './support/origin.mjs';

const RESOURCE = '/.well-known/oauth-protected-resource';
const SERVER = '/.well-known/oauth-authorization-server';

/** The identifier that a client typed, and where RFC 9728 §3.1 makes it look. */
const RESOURCES = [
  [RESOURCE, '/'],
  [`${RESOURCE}/`, '/'],
  [`${RESOURCE}/mcp`, '/mcp'],
  [`${RESOURCE}/mcp/`, '/mcp/'],
  [`/mcp${RESOURCE}`, '/mcp'],
  [`/mcp${RESOURCE}/`, '/mcp'],
];
const SERVERS = [SERVER, `${SERVER}/`, `${SERVER}/mcp`, `${SERVER}/mcp/`, `/mcp${SERVER}`, `/mcp${SERVER}/`];
const DOCUMENTS = [...RESOURCES.map(([path]) => path), ...SERVERS];

const NOTHING_THERE = [
  '/.well-known/openid-configuration',
  '/.well-known/openid-configuration/',
  '/.well-known/openid-configuration/mcp',
  '/.well-known/openid-configuration/mcp/',
  '/mcp/.well-known/openid-configuration',
  '/mcp/.well-known/openid-configuration/',
  `${RESOURCE}/other`,
  `${RESOURCE}/mcp/mcp`,
  `${SERVER}/other`,
  '/.well-known/',
  '/.well-known/invented',
  '/.well-known/mcp.json',
  '/favicon.ico',
  '/index.html',
  '/mcp/tools',
  '/mcpx',
  '/MCP',
  '/sse',
  '/admin',
  '/.env',
];

let edge;
let origin;

before(async () => {
  origin = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url, NAME: 'My library' });
});
after(async () => {
  await edge.stop();
  await origin.stop();
});

for (const [path, identifier] of RESOURCES) {
  test(`GET ${path} describes the resource ${identifier} (RS-02, RS-03, RS-04, RS-07, RS-08, RS-09)`, async () => {
    assert.deepEqual(assertJson(await edge.get(path), 200), {
      authorization_servers: [edge.url],
      bearer_methods_supported: ['header'],
      resource: edge.url + identifier,
      resource_name: 'My library',
      scopes_supported: ['mcp'],
    });
  });
}

test('the server document says all that its defaults would lie about (AS-06, AS-09, AS-10, AS-12)', async () => {
  const document = assertJson(await edge.get(SERVER), 200);
  assert.partialDeepStrictEqual(document, {
    authorization_endpoint: `${edge.url}/authorize`,
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    issuer: edge.url,
    registration_endpoint: `${edge.url}/register`,
    response_modes_supported: ['query'],
    response_types_supported: ['code'],
    revocation_endpoint: `${edge.url}/revoke`,
    scopes_supported: ['mcp', 'offline_access'],
    token_endpoint: `${edge.url}/token`,
    token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'client_secret_basic'],
  });
});

test('the server document is the same bytes wherever it is asked for', async () => {
  const answers = await Promise.all(SERVERS.map((path) => edge.get(path)));
  for (const answer of answers) assert.deepEqual(answer.bytes, answers[0].bytes);
});

for (const path of DOCUMENTS) {
  describe(path, () => {
    test('GET may be cached for five minutes and read by any page (RS-10, RS-11)', async () => {
      const reply = await edge.get(path, { headers: { origin: 'https://anyone.example' } });
      assertJson(reply, 200);
      assert.equal(reply.headers['cache-control'], 'public, max-age=300');
      assert.equal(reply.headers['access-control-allow-origin'], '*');
      assert.equal(reply.headers['access-control-allow-credentials'], undefined);
      const exposed = reply.headers['access-control-expose-headers'].split(', ');
      for (const name of ['WWW-Authenticate', 'Mcp-Session-Id', 'MCP-Protocol-Version', 'Retry-After']) {
        assert.ok(exposed.includes(name), name);
      }
    });

    test('HEAD is GET without a body', async () => {
      const [head, get] = [await edge.send(path, { method: 'HEAD' }), await edge.get(path)];
      assert.equal(head.status, 200);
      assert.equal(head.bytes.length, 0);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
      assert.equal(head.headers['cache-control'], get.headers['cache-control']);
    });

    test('OPTIONS lets a page ask with the headers that clients send (AS-93)', async () => {
      const reply = await edge.send(path, {
        method: 'OPTIONS',
        headers: {
          'access-control-request-headers': 'mcp-protocol-version',
          'access-control-request-method': 'GET',
          origin: 'https://anyone.example',
        },
      });
      assert.equal(reply.status, 204);
      assert.equal(reply.headers['access-control-allow-origin'], '*');
      assert.match(reply.headers['access-control-allow-methods'], /\bGET\b/);
      assert.match(reply.headers['access-control-allow-headers'], /\bmcp-protocol-version\b/i);
    });

    test('other methods are 405, as JSON', async () => {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const reply = await edge.send(path, { method });
        assert.equal(typeof assertJson(reply, 405).error, 'string');
        assert.match(reply.headers.allow, /\bGET\b/);
      }
    });

    test('no header and no query changes the document', async () => {
      const plain = await edge.get(path);
      const odd = await edge.get(`${path}?x=1&resource=https://evil.example`, {
        headers: {
          accept: 'text/html',
          authorization: 'Bearer nonsense',
          'mcp-protocol-version': '1999-01-01',
          'user-agent': '',
          'x-forwarded-host': 'evil.example',
        },
      });
      assert.deepEqual(odd.bytes, plain.bytes);
    });

    test('no member is null or empty (AS-07, RS-04)', async () => {
      for (const [name, value] of Object.entries((await edge.get(path)).json())) {
        assert.ok(value !== null && value.length !== 0, `${name}: ${JSON.stringify(value)}`);
      }
    });
  });
}

for (const path of NOTHING_THERE) {
  test(`${path} is a 404 in JSON, whatever the method (RS-11, AS-08)`, async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
      const body = assertJson(await edge.send(path, { method, headers: { accept: 'text/html' } }), 404);
      assert.equal(body.error, 'not_found');
    }
    const head = await edge.send(path, { method: 'HEAD' });
    assert.equal(head.status, 404);
    assert.match(head.headers['content-type'], /^application\/json\b/);
    assert.equal(head.bytes.length, 0);
  });
}

test('every address that is advertised is routed', async () => {
  const documents = await Promise.all(DOCUMENTS.map(async (path) => (await edge.get(path)).json()));
  const addresses = new Set(
    documents
      .flatMap((document) => Object.entries(document))
      .filter(([name]) => name.endsWith('_endpoint') || name.endsWith('_uri') || name === 'resource')
      .map(([, address]) => address),
  );
  assert.ok(addresses.size >= 7, [...addresses].join(' '));
  for (const address of addresses) {
    assert.ok(address.startsWith(edge.url), address);
    for (const method of ['GET', 'POST']) {
      const reply = await edge.send(address.slice(edge.url.length), { method });
      assert.notEqual(reply.status, 404, `${method} ${address}`);
      assert.ok(reply.status < 500, `${method} ${address}: ${reply.status}`);
    }
  }
});

test('nothing of this was stored, and the origin heard nothing', async () => {
  assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] });
  assert.deepEqual(origin.requests, []);
});
