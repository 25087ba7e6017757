// A consent page is one decision: a second tab, a reload or a double click gives no second grant.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { assertPage, assertTokens } from './support/expect.mjs';
import { enter } from './support/sign_in.mjs';

let edge;

before(async () => {
  edge = await startEdge();
});
after(() => edge.stop());

async function consentPage() {
  const client = await Client.register(edge);
  const browser = new Browser();
  const request = client.authorization();
  const page = await enter(browser, request.url);
  assertPage(page, 200);
  return { browser, client, page, request };
}

test('approving the same page twice gives one code', async () => {
  const { browser, client, page, request } = await consentPage();
  const first = await browser.submit(page, { button: 'approve' });
  const grants = (await edge.storage()).keys;

  const second = await browser.submit(page, { button: 'approve' });

  assert.equal(first.status, 303);
  assertPage(second, 409);
  assert.deepEqual((await edge.storage()).keys, grants);
  assertTokens(await client.redeem(first.leftTo.searchParams.get('code'), request.verifier));
});

test('ten parallel approvals of one page give one code, which works', async () => {
  const { browser, client, page, request } = await consentPage();
  const before = await edge.storage();

  const answers = await Promise.all(Array.from({ length: 10 }, () => browser.submit(page, { button: 'approve' })));

  const codes = answers.filter((answer) => answer.leftTo?.searchParams.has('code'));
  assert.equal(codes.length, 1);
  for (const answer of answers) if (answer !== codes[0]) assertPage(answer, 409);
  const grants = (storage) => storage.keys.filter((key) => key.startsWith('grant/'));
  assert.equal(grants(await edge.storage()).length, grants(before).length + 1);
  assertTokens(await client.redeem(codes[0].leftTo.searchParams.get('code'), request.verifier));
});

test('a page that was approved can no longer be denied into a revocation', async () => {
  const { browser, client, page, request } = await consentPage();
  const approved = await browser.submit(page, { button: 'approve' });

  await browser.submit(page, { button: 'deny' });

  assertTokens(await client.redeem(approved.leftTo.searchParams.get('code'), request.verifier));
});

test('an answer that is neither yes nor no is none', async () => {
  const { browser, client, page, request } = await consentPage();
  for (const decision of ['', 'maybe', 'APPROVE', 'return']) {
    const edit = (fields) => {
      fields.set('decision', decision);
      return fields;
    };
    assertPage(await browser.submit(page, { button: 'approve', edit }), 400);
  }
  const { leftTo } = await browser.submit(page, { button: 'approve' });
  assertTokens(await client.redeem(leftTo.searchParams.get('code'), request.verifier));
});

test('a refused request cannot be approved', async () => {
  const client = await Client.register(edge);
  const browser = new Browser();
  const page = await enter(browser, client.authorization({ code_challenge_method: 'plain' }).url);
  const edit = (fields) => {
    fields.set('decision', 'approve');
    return fields;
  };
  const { leftTo } = await browser.submit(page, { button: 'return', edit });
  assert.equal(leftTo.searchParams.get('code'), null);
  assert.equal(leftTo.searchParams.get('error'), 'invalid_request');
});

test('two requests opened at once in one browser are decided one by one', async () => {
  const client = await Client.register(edge);
  const browser = new Browser();
  const requests = [client.authorization(), client.authorization()];
  await enter(browser, requests[0].url);
  const pages = [];
  for (const request of requests) pages.push(await browser.open(request.url));

  for (const [index, page] of pages.entries()) {
    const answer = await browser.submit(page, { button: 'approve' });
    assert.equal(answer.leftTo.searchParams.get('state'), requests[index].state);
    assertTokens(await client.redeem(answer.leftTo.searchParams.get('code'), requests[index].verifier));
  }
});
