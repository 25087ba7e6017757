// The owner's part of a connection: password, consent, back to the client.

import assert from 'node:assert/strict';

import { Browser } from './browser.mjs';
import { Client } from './client.mjs';
import { OWNER_PASSWORD } from './edge.mjs';

/** Opens a page of the edge; gives the password if it is asked for. */
export async function enter(browser, url, password = OWNER_PASSWORD) {
  const page = await browser.open(url);
  if (!page.asksForPassword) return page;
  return browser.submit(page, { fill: { password } });
}

/** From the authorization URL to the client's callback, which is returned. */
export async function decide(browser, url, decision = 'approve', password = OWNER_PASSWORD) {
  const consent = await enter(browser, url, password);
  assert.equal(consent.status, 200, consent.says);
  const page = await browser.submit(consent, { button: decision });
  assert.equal(page.status, 303, page.says);
  assert.ok(page.leftTo, 'the browser should be back at the client');
  return page.leftTo;
}

/** A code that waits to be redeemed, and all that is needed for it. */
export async function obtainCode(edge, { client, browser = new Browser(), authorization = {}, password } = {}) {
  const asking = client ?? (await Client.register(edge));
  const request = asking.authorization(authorization);
  const callback = await decide(browser, request.url, 'approve', password);
  assert.equal(callback.searchParams.get('error'), null, callback.search);
  return { ...request, browser, callback, client: asking, code: callback.searchParams.get('code') };
}

/** A connected client. */
export async function connect(edge, options = {}) {
  const obtained = await obtainCode(edge, options);
  const reply = await obtained.client.redeem(obtained.code, obtained.verifier, { redirect_uri: obtained.redirectUri });
  assert.equal(reply.status, 200, reply.text);
  return { ...obtained, tokens: reply.json() };
}
