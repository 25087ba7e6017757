// What a stranger may send to the pages: a page in answer, never a fault, and nothing kept.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertJson, assertPage } from './support/expect.mjs';
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

  test('a state that is no UTF-8 is no reason to refuse', async () => {
    assertPage(await new Browser().open(`${client.authorization({ state: undefined }).url}&state=%ff%fe`), 200);
  });

  for (const [length, status] of [
    [7_000, 200],
    [12_000, 400],
  ]) {
    test(`a state of ${length} characters: ${status}`, async () => {
      assertPage(await new Browser().open(client.authorization({ state: 'x'.repeat(length) }).url), status);
    });
  }
});

for (const path of [
  '/authorize',
  '/gatelodge/sign-in',
  '/gatelodge/revoke',
  '/gatelodge/revoke-all',
  '/gatelodge/sign-out',
]) {
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
        assertPage(reply, 400);
      });
    }
  });
}

test('other methods on the pages are 405, and a page', async () => {
  const METHODS = {
    '/authorize': ['PUT', 'DELETE'],
    '/gatelodge': ['POST', 'PUT', 'DELETE'],
    '/gatelodge/sign-in': ['PUT'],
    '/gatelodge/revoke': ['PUT'],
  };
  for (const [path, methods] of Object.entries(METHODS)) {
    for (const method of methods) {
      const reply = await edge.send(path, { method, headers: { accept: 'text/html' } });
      assertPage(reply, 405);
      assert.ok(reply.headers.allow, `${method} ${path}`);
    }
  }
});

test("a form's address that is only opened leads to the owner's page", async () => {
  for (const path of ['/gatelodge/sign-in', '/gatelodge/sign-out', '/gatelodge/revoke', '/gatelodge/revoke-all']) {
    assert.ok((await new Browser().open(`${edge.url}${path}`)).asksForPassword, path);
  }
});

test("what lies beside the owner's pages is a 404", async () => {
  for (const path of [
    '/gatelodge/x',
    '/gatelodge//',
    '/gatelodge/revoke/1',
    '/Gatelodge',
    '/gatelodge/../authorize/x',
  ]) {
    assert.equal(assertJson(await edge.get(path), 404).error, 'not_found', path);
  }
});
