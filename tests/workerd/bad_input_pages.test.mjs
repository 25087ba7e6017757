// What a stranger may send to the pages: a page in answer, never a fault, and nothing kept.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertPage } from './support/expect.mjs';
import { decide } from './support/sign_in.mjs';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const OURS = { 'sec-fetch-site': 'same-origin', accept: 'text/html' };

let client;
let edge;

before(async () => {
  edge = await startEdge();
  client = await Client.register(edge);
});
after(async () => {
  try {
    assert.deepEqual(await edge.storage(), { keys: [], ledgers: [] }, 'bad input left something behind');
    assert.ok((await decide(new Browser(), client.authorization().url)).searchParams.get('code'));
  } finally {
    await edge.stop();
  }
});

describe('GET /authorize', () => {
  const QUERIES = [
    ['nothing', ''],
    ['only separators', '&&&==='],
    ['invalid percent-encoding', 'client_id=%zz&redirect_uri=%'],
    ['percent-encoding that is no UTF-8', 'client_id=%ff%fe'],
    ['a NUL', 'client_id=%00&state=%00'],
    ['ten thousand names', Array.from({ length: 3_000 }, (_, n) => `p${n}=1`).join('&')],
    ['markup', 'client_id=%3Cscript%3Ealert(1)%3C/script%3E'],
    ['line breaks', 'client_id=a%0d%0aSet-Cookie:%20x=1'],
  ];
  for (const [what, query] of QUERIES) {
    test(`${what}: a page, 400`, async () => {
      const page = assertPage(await new Browser().open(`${edge.url}/authorize?${query}`), 400);
      assert.doesNotMatch(page.text, /<script/i);
    });
  }

  test('parts of a good request in invalid UTF-8 are the owner\'s to see, not the client\'s', async () => {
    const page = await new Browser().open(`${client.authorization({ state: undefined }).url}&state=%ff%fe`);
    assertPage(page, page.status);
    assert.ok([200, 400].includes(page.status));
  });

  test('a state of 20,000 characters is refused or kept, never a fault', async () => {
    const page = await new Browser().open(client.authorization({ state: 'x'.repeat(12_000) }).url);
    assert.ok([200, 400].includes(page.status), `HTTP ${page.status}`);
  });
});

for (const path of ['/authorize', '/gatelodge/sign-in', '/gatelodge/revoke', '/gatelodge/revoke-all', '/gatelodge/sign-out']) {
  describe(`POST ${path}`, () => {
    const BODIES = [
      ['nothing', undefined, {}],
      ['an empty form', '', FORM],
      ['JSON', '{"ticket":"x"}', { 'content-type': 'application/json' }],
      ['a form that calls itself text', 'ticket=x', { 'content-type': 'text/plain' }],
      ['an invented ticket', `ticket=invented&password=${encodeURIComponent(OWNER_PASSWORD)}&decision=approve`, FORM],
      ['a ticket twice', 'ticket=a&ticket=b&decision=approve', FORM],
      ['a client id as ticket', () => `ticket=${client.id}&decision=approve`, FORM],
      ['a ticket of 20,000 characters', `ticket=${'x'.repeat(20_000)}`, FORM],
      ['a NUL', 'ticket=%00&password=%00', FORM],
      ['invalid percent-encoding', 'ticket=%zz&password=%', FORM],
      ['bytes that are no UTF-8', Buffer.from([0x74, 0x3d, 0xff]), FORM],
      ['a megabyte', `ticket=${'x'.repeat(1024 * 1024)}`, FORM],
    ];
    for (const [what, body, headers] of BODIES) {
      test(`${what}: a page that says no`, async () => {
        const content = typeof body === 'function' ? body() : body;
        const reply = await edge.post(path, { body: content, headers: { ...OURS, ...headers } });
        assert.ok([400, 403, 413].includes(reply.status), `HTTP ${reply.status}: ${reply.text}`);
        assertPage(reply, reply.status);
      });
    }
  });
}

test('other methods on the pages are 405', async () => {
  const METHODS = { '/gatelodge': ['POST', 'PUT', 'DELETE'], '/gatelodge/sign-in': ['GET', 'PUT'], '/gatelodge/revoke': ['GET', 'PUT'] };
  for (const [path, methods] of Object.entries(METHODS)) {
    for (const method of methods) {
      const reply = await edge.send(path, { method, headers: { accept: 'text/html' } });
      assert.equal(reply.status, 405, `${method} ${path}`);
      assert.ok(reply.headers.allow, `${method} ${path}`);
    }
  }
});

test('what lies beside the owner\'s pages is a 404', async () => {
  for (const path of ['/gatelodge/', '/gatelodge/x', '/gatelodge/revoke/1', '/Gatelodge', '/gatelodge/../authorize/x']) {
    const reply = await edge.get(path);
    assert.ok([200, 404].includes(reply.status), `${path}: ${reply.status}`);
    if (reply.status === 404) assert.equal(reply.json().error, 'not_found');
  }
});
