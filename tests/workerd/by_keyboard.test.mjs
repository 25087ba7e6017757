// With a keyboard only: from the client's link back to the client, and all that the owner's page can do. Nothing is clicked here, and no
// script gives anything the focus.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { launchChromium, startSite } from './support/chromium_browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertOauthError, assertTokens } from './support/expect.mjs';
import { Keyboard } from './support/keyboard.mjs';
import { connect } from './support/sign_in.mjs';

let browser;
let edge;
let site;

before(async () => {
  [edge, site, browser] = await Promise.all([startEdge(), startSite(), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await edge?.stop();
});

/** Somebody who has never been here, with a keyboard. */
async function sitDown() {
  const context = await browser.newContext();
  context.setDefaultTimeout(15_000);
  return new Keyboard(await context.newPage());
}

function register(name) {
  return Client.register(edge, { client_name: name, redirect_uris: [`${site.url}/callback`] });
}

/** From the client's website, by its link, to the question. */
async function goToQuestion(keyboard, client) {
  const request = client.authorization();
  const start = `/${request.state}`;
  site.pages[start] = `<!doctype html><title>Client</title><a href="${request.url.replaceAll('&', '&amp;')}">Connect</a>`;
  await keyboard.page.goto(site.url + start);
  await keyboard.press('Connect');
  await signIn(keyboard);
  await keyboard.waitFor('Let it in');
  return request;
}

async function signIn(keyboard) {
  await typePassword(keyboard);
  await keyboard.leaveBy('Enter');
}

/** Without a key before it: the field gets the focus by itself, in a moment. */
async function typePassword(keyboard) {
  await keyboard.waitForFocus();
  assert.equal(await keyboard.focused(), 'Password', 'it can be typed at once');
  await keyboard.type(OWNER_PASSWORD);
}

function answer({ page }) {
  const { origin, pathname, searchParams } = new URL(page.url());
  assert.equal(origin + pathname, `${site.url}/callback`);
  return searchParams;
}

describe('the question', { concurrency: true }, () => {
  test('is answered with yes', async () => {
    const keyboard = await sitDown();
    const client = await register('Desk assistant');
    const request = await goToQuestion(keyboard, client);
    const stops = await keyboard.goTo('Apps that you have let in');
    assert.deepEqual(stops, ['', 'Let it in', 'Refuse', 'Apps that you have let in']);
    for (let stop = 0; stop < 2; stop += 1) await keyboard.page.keyboard.press('Shift+Tab');
    assert.equal(await keyboard.focused(), 'Let it in');
    await keyboard.leaveBy('Enter');

    const back = answer(keyboard);
    assert.equal(back.get('state'), request.state);
    assert.equal(back.get('iss'), edge.url);
    assertTokens(await client.redeem(back.get('code'), request.verifier));
  });

  test('is answered with no', async () => {
    const keyboard = await sitDown();
    const request = await goToQuestion(keyboard, await register('Desk assistant'));
    await keyboard.press('Refuse', 'Space');

    const back = answer(keyboard);
    assert.equal(back.get('error'), 'access_denied');
    assert.equal(back.get('state'), request.state);
    assert.equal(back.get('iss'), edge.url);
    assert.equal(back.get('code'), null);
  });

  test('comes after the password, which may be sent by its button', async () => {
    const keyboard = await sitDown();
    await keyboard.page.goto((await register('Desk assistant')).authorization().url);
    await typePassword(keyboard);
    await keyboard.press('Sign in', 'Space');
    await keyboard.waitFor('Let it in');
  });
});

test('on the owner’s page one client is revoked, then all when that is ticked, and the owner signs out', async () => {
  const keyboard = await sitDown();
  const { page } = keyboard;
  const clients = await Promise.all(['One', 'Two', 'Three'].map(register));
  const [one, two, three] = await Promise.all(clients.map((client) => connect(edge, { client })));
  const refresh = ({ client, tokens }) => client.refresh(tokens.refresh_token);

  await page.goto(`${edge.url}/gatelodge`);
  await signIn(keyboard);
  await keyboard.waitFor('Revoke Two');
  await keyboard.press('Revoke Two');
  assertOauthError(await refresh(two), 400, 'invalid_grant');
  assertTokens(await refresh(one));

  const all = await page.getByRole('button', { name: /^Revoke all \d apps$/, includeHidden: true }).textContent();
  await keyboard.waitFor(all);
  await keyboard.goTo(all);
  await page.keyboard.press('Enter');
  assert.equal(await keyboard.focused(), 'Yes, all of them', 'the browser asks for the tick');
  await page.keyboard.press('Space');
  await keyboard.press(all);
  assert.equal(await page.getByText('No app has been let in yet.').count(), 1);
  for (const connection of [one, three]) assertOauthError(await refresh(connection), 400, 'invalid_grant');

  await keyboard.press('Sign out');
  await page.goto(`${edge.url}/gatelodge`);
  await keyboard.waitForFocus();
  assert.equal(await keyboard.focused(), 'Password');
});
