// A site beside the mount: what is none of the edge's goes there whole, and nothing else does.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, beforeEach, describe, test } from 'node:test';

import { startEdge } from './support/edge.mjs';
import { assertJson } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { send } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

let edge;
let origin;
let wiki;

before(async () => {
  origin = await startOrigin();
  wiki = await startOrigin();
  edge = await startEdge({ ORIGIN: origin.url, SITE: new URL(wiki.url).origin, SITE_TRUSTED: 'true' });
});
after(async () => {
  await edge.stop();
  await origin.stop();
  await wiki.stop();
});
beforeEach(() => {
  wiki.requests.length = 0;
  origin.requests.length = 0;
  wiki.answer = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>wiki</h1>');
});

describe('what is none of the edge’s', () => {
  test('reaches the site with method, query and body', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const body = method === 'GET' ? undefined : 'a=1';
      const reply = await edge.send('/Home%20page?x=%2F&y', { method, body });
      assert.equal(reply.status, 200);
      assert.equal(reply.text, '<h1>wiki</h1>');
      assert.equal(reply.headers['content-type'], 'text/html');
      assert.equal(wiki.last.method, method);
      assert.equal(wiki.last.url, '/Home%20page?x=%2F&y');
      assert.equal(wiki.last.body.toString(), body ?? '');
    }
    assert.deepEqual(origin.requests, []);
  });

  test('the bare host is the site’s', async () => {
    for (const accept of ['text/html', 'application/json, text/event-stream', undefined]) {
      assert.equal((await edge.get('/', { headers: { accept } })).text, '<h1>wiki</h1>');
    }
  });

  test('a redirect, a condition and several cookies come back', async () => {
    wiki.answer = (response) =>
      response
        .writeHead(302, { location: `${new URL(wiki.url).origin}/Home#top`, 'set-cookie': ['a=1; Path=/', 'b=2'] })
        .end();
    const redirect = await edge.get('/');
    assert.equal(redirect.status, 302);
    assert.equal(redirect.headers.location, `${edge.url}/Home#top`);
    assert.deepEqual(redirect.headers['set-cookie'], ['a=1; Path=/', 'b=2']);

    wiki.answer = (response) => response.writeHead(304, { etag: '"1"' }).end();
    const unchanged = await edge.get('/Home', { headers: { 'if-none-match': '"1"' } });
    assert.equal(unchanged.status, 304);
    assert.equal(wiki.last.headers['if-none-match'], '"1"');
  });

  test('a page that is compressed all the same can be read', async () => {
    wiki.answer = (response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(gzipSync('<h1>zip</h1>'));
    const response = await fetch(`${edge.url}/Home`);
    assert.equal(await response.text(), '<h1>zip</h1>');
    assert.equal(wiki.last.headers['accept-encoding'], 'identity');
  });

  test('a HEAD has no body', async () => {
    const reply = await send(`${edge.url}/Home`, { method: 'HEAD' });
    assert.equal(reply.status, 200);
    assert.equal(reply.bytes.length, 0);
    assert.equal(wiki.last.method, 'HEAD');
  });

  test('our cookies are cut in both directions', async () => {
    wiki.answer = (response) =>
      response
        .writeHead(200, {
          'set-cookie': ['__Host-gatelodge-session=x; Path=/; Secure', 'gatelodge-browser-8787=x', '=gatelodge-session-8787=x', 'own=1'],
        })
        .end();
    const cookie = 'own=1; gatelodge-session-8787=secret; __Host-gatelodge-browser=secret';
    const reply = await edge.get('/Home', { headers: { cookie } });
    assert.deepEqual(reply.headers['set-cookie'], ['own=1']);
    assert.equal(wiki.last.headers.cookie, 'own=1');
  });
});

describe('what is the edge’s', () => {
  // Sent as written, without a client's own normalisation.
  const SPELLINGS = [
    '/mcp/x', '/MCP', '/Mcp/', '//mcp', '///mcp', '/x/../mcp/x', '/x/%2e%2e/MCP', '/%6dcp', '/%256dcp', '/mcp;a=b',
    '/mcp.', '/mcp%20', '/%20mcp', '/.well-known/x', '/.WELL-KNOWN/oauth-authorization-server',
    '/%2ewell-known/openid-configuration', '/gatelodge/x', '/GATELODGE', '/Token', '/oauth/x', '/authorize/x', '/Register', '/revoke/x',
  ];
  for (const path of SPELLINGS) {
    test(`${path} does not reach the site`, async () => {
      for (const method of ['GET', 'POST']) {
        const reply = await edge.send(path, { method });
        assert.equal(assertJson(reply, 404).error, 'not_found');
      }
      assert.deepEqual([wiki.requests, origin.requests], [[], []]);
    });
  }

  for (const path of [
    '/x%2fmcp', '/x%2Fmcp', '/x%5cmcp', '/mcp%00', '/a%0d%0ab', '/%c0%af',
    '/mcp/..;/x', '/mcp/..%3b/x', '/mcp/..;', '/mcp/..%20/x', '/mcp/%252e%252e/x', '/mcp/%252e%252e%255cx', '/x/..;/mcp',
    '/%25252525252525',
  ]) {
    test(`${path} is no path`, async () => {
      assert.equal(assertJson(await edge.get(path), 400).error, 'invalid_request');
      assert.deepEqual(wiki.requests, []);
    });
  }

  test('a backslash is a slash', async () => {
    assertJson(await edge.get('/\\mcp'), 404);
    assert.deepEqual(wiki.requests, []);
  });

  test('a call goes home, and its token nowhere else', async () => {
    const { tokens } = await connect(edge);
    assert.equal((await call(edge, tokens.access_token)).status, 200);
    assert.equal(origin.requests.length, 1);
    assert.deepEqual(wiki.requests, []);
    await edge.get('/Home', { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(wiki.last.headers.authorization, undefined);
  });

  test('a service worker is not installed', async () => {
    assertJson(await edge.get('/sw.js', { headers: { 'service-worker': 'script' } }), 403);
    assert.deepEqual(wiki.requests, []);
  });
});

test('a site that is away is a page that says so', async () => {
  const gone = await startEdge({ ORIGIN: origin.url, SITE: 'http://127.0.0.1:9', SITE_TRUSTED: 'true' });
  try {
    const reply = await gone.get('/Home');
    assert.equal(reply.status, 502);
    assert.match(reply.text, /cannot be reached/);
  } finally {
    await gone.stop();
  }
});
