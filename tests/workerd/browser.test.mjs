// The whole sign-in in a real Chromium: what only a browser notices, such as a referrer policy that hides our own form from us, and what
// people do with tabs, the way back and double clicks.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { launchChromium, startSite } from './support/chromium_browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertTokens } from './support/expect.mjs';

let browser;
let client;
let context;
let edge;
let problems;
let site;

before(async () => {
  [edge, site, browser] = await Promise.all([startEdge({ NAME: 'My library' }), startSite(), launchChromium()]);
  client = await Client.register(edge, {
    client_name: 'An assistant with a rather long name, as some assistants have',
    redirect_uris: [`${site.url}/callback`],
  });
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await edge?.stop();
});
beforeEach(() => {
  problems = [];
});
afterEach(async () => {
  await context?.close();
  assert.deepEqual(problems, [], 'the browser complained');
});

async function newPage(options = {}) {
  context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.on('console', (message) => {
    const isAnswer = /status of (400|403|429)/.test(message.text()) || message.location().url.endsWith('/favicon.ico');
    if (message.type() === 'error' && !isAnswer) problems.push(message.text());
  });
  page.on('pageerror', (failure) => problems.push(String(failure)));
  return page;
}

async function givePassword(page, password = OWNER_PASSWORD) {
  await page.locator('input[type=password]').fill(password);
  await follow(page, 'form:has(input[type=password]) button');
}

const press = (page, value) => follow(page, `button[value=${value}]`);

/** Presses a button and waits for the page that it leads to. */
async function follow(page, button) {
  await Promise.all([page.waitForEvent('domcontentloaded'), page.locator(button).click()]);
}

async function backAtClient(page) {
  await page.waitForURL(`${site.url}/callback?*`);
  assert.equal(await page.locator('h1').textContent(), 'Connected');
  return new URL(page.url()).searchParams;
}

for (const [mode, options] of [
  ['with', {}],
  ['without', { javaScriptEnabled: false }],
]) {
  test(`a sign-in ${mode} scripts: a wrong password, the right one, consent, and back at the client`, async () => {
    const page = await newPage(options);
    const request = client.authorization();
    await page.goto(request.url);
    await givePassword(page, 'certainly not this one');
    assert.equal(await page.locator('input[type=password]').count(), 1);
    await givePassword(page);
    assert.match(await page.locator('body').innerText(), /An assistant with a rather long name/);
    assert.match(await page.locator('body').innerText(), /My library/);
    await press(page, 'approve');

    const answer = await backAtClient(page);

    assert.equal(answer.get('state'), request.state);
    assert.equal(answer.get('iss'), edge.url);
    assertTokens(await client.redeem(answer.get('code'), request.verifier));
  });
}

test('saying no brings the client its answer', async () => {
  const page = await newPage();
  const request = client.authorization();
  await page.goto(request.url);
  await givePassword(page);
  await press(page, 'deny');
  const answer = await backAtClient(page);
  assert.equal(answer.get('error'), 'access_denied');
  assert.equal(answer.get('state'), request.state);
  assert.equal(answer.get('code'), null);
});

test('a bad request can be sent back to its client', async () => {
  const page = await newPage();
  await page.goto(client.authorization({ code_challenge_method: 'plain' }).url);
  await givePassword(page);
  await press(page, 'return');
  assert.equal((await backAtClient(page)).get('error'), 'invalid_request');
});

test('two tabs are decided in any order', async () => {
  const first = await newPage();
  const requests = [client.authorization(), client.authorization()];
  await first.goto(requests[0].url);
  const second = await context.newPage();
  await second.goto(requests[1].url);
  await givePassword(second);
  await givePassword(first);
  await press(first, 'approve');
  await press(second, 'approve');
  assert.equal((await backAtClient(first)).get('state'), requests[0].state);
  assert.equal((await backAtClient(second)).get('state'), requests[1].state);
});

test('going back and saying yes again does no harm', async () => {
  const page = await newPage();
  const request = client.authorization();
  await page.goto(request.url);
  await givePassword(page);
  await press(page, 'approve');
  const answer = await backAtClient(page);
  await page.goBack();
  if (await page.locator('button[value=approve]').count()) await press(page, 'approve');
  assertTokens(await client.redeem(answer.get('code'), request.verifier));
});

test('the owner sees the connection, ends it, and signs out', async () => {
  const page = await newPage();
  const own = await Client.register(edge, { client_name: 'To be ended', redirect_uris: [`${site.url}/callback`] });
  const request = own.authorization();
  await page.goto(request.url);
  await givePassword(page);
  await press(page, 'approve');
  const tokens = assertTokens(await own.redeem((await backAtClient(page)).get('code'), request.verifier));

  await page.goto(`${edge.url}/gatelodge`);
  const forms = page.locator('form[action$="/gatelodge/revoke"]');
  const before = await forms.count();
  await follow(page, 'li:has-text("To be ended") form[action$="/gatelodge/revoke"] button');
  assert.equal(await forms.count(), before - 1);
  assert.equal((await own.refresh(tokens.refresh_token)).json().error, 'invalid_grant');

  await follow(page, 'form[action$="/gatelodge/sign-out"] button');
  await page.goto(`${edge.url}/gatelodge`);
  assert.equal(await page.locator('input[type=password]').count(), 1);
});

describe('a button that decides', () => {
  const APPROVE = 'button[value=approve]';
  const REVOKE = 'form[action$="/gatelodge/revoke"] button';
  const DELAY_MS = 1_000;

  const pages = {
    consent: [APPROVE, (page) => page.goto(client.authorization().url)],
    owner: [REVOKE, (page) => page.goto(`${edge.url}/gatelodge`)],
  };

  async function signedIn(options) {
    const page = await newPage(options);
    await page.goto(client.authorization().url);
    await givePassword(page);
    await press(page, 'approve');
    await backAtClient(page);
    return page;
  }

  /** The middle of the button, which has its place while it waits; no pointer is moved to find it. */
  async function middleOf(page, button) {
    const { x, y, width, height } = await page.locator(button).first().boundingBox();
    return [x + width / 2, y + height / 2];
  }

  async function assertStays(page, act) {
    const before = page.url();
    let left = false;
    page.once('request', () => (left = true));
    await act();
    await page.waitForTimeout(150);
    assert.equal(left, false, 'a form was sent');
    assert.equal(page.url(), before);
  }

  for (const [name, [button, show]] of Object.entries(pages)) {
    for (const reducedMotion of ['no-preference', 'reduce']) {
      test(`on the ${name} page is not pressed by who clicks at once, with motion: ${reducedMotion}`, async () => {
        const page = await signedIn({ reducedMotion });
        await show(page);
        const place = await middleOf(page, button);
        await assertStays(page, async () => {
          await page.mouse.dblclick(...place);
          for (const key of ['Enter', 'Space']) {
            await page.locator(button).first().focus();
            await page.keyboard.press(key);
          }
        });
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.waitForTimeout(DELAY_MS + 300);
        await Promise.all([page.waitForEvent('domcontentloaded'), page.mouse.click(...place)]);
      });
    }

    test(`on the ${name} page is not pressed by a pointer that comes with its click, after any time`, async () => {
      const page = await signedIn();
      await show(page);
      const place = await middleOf(page, button);
      await page.mouse.move(-10, -10);
      await page.waitForTimeout(DELAY_MS + 500);
      await assertStays(page, () => page.mouse.click(...place));
      await page.waitForTimeout(DELAY_MS + 300);
      await Promise.all([page.waitForEvent('domcontentloaded'), page.mouse.click(...place)]);
    });

    test(`on the ${name} page is pressed by the keyboard, and has no focus or name to begin with`, async () => {
      const page = await signedIn();
      await show(page);
      assert.equal(await page.locator(`${button}[id], ${button}[autofocus], ${button}:focus`).count(), 0);
      await page.waitForTimeout(DELAY_MS + 300);
      await page.locator(button).first().focus();
      await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
    });
  }

  test('takes the first tap where there is no pointer to come', async () => {
    const page = await signedIn({ isMobile: true, hasTouch: true });
    await page.goto(client.authorization().url);
    const place = await middleOf(page, APPROVE);
    await assertStays(page, () => page.touchscreen.tap(...place));
    await page.waitForTimeout(DELAY_MS + 300);
    await Promise.all([page.waitForEvent('domcontentloaded'), page.touchscreen.tap(...place)]);
    await backAtClient(page);
  });
});

describe('another site', () => {
  test('cannot show a page of ours in a frame (AS-34)', async () => {
    site.pages['/frame'] = `<!doctype html><iframe src="${client.authorization().url}"></iframe>`;
    const page = await newPage();
    const refused = page.waitForEvent('console', (message) => /frame-ancestors|X-Frame-Options/i.test(message.text()));
    await page.goto(`${site.url}/frame`);
    await refused;
    const inner = page.frames().find((frame) => frame !== page.mainFrame());
    assert.equal(await inner.locator('input[type=password]').count(), 0);
    problems = [];
  });

  test('cannot send our forms for the owner', async () => {
    const page = await newPage();
    await page.goto(`${edge.url}/gatelodge`);
    await givePassword(page);
    await page.locator('form[action$="/gatelodge/sign-out"]').waitFor();
    const ticket = await page.locator('form[action$="/gatelodge/sign-out"] input[type=hidden]').first();
    const [name, value] = [await ticket.getAttribute('name'), await ticket.getAttribute('value')];
    site.pages['/attack'] =
      `<!doctype html><form method="post" action="${edge.url}/gatelodge/sign-out">` +
      `<input type="hidden" name="${name}" value="${value}"><button>Win a prize</button></form>`;
    await page.goto(`${site.url}/attack`);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/gatelodge/sign-out')),
      page.locator('button').click(),
    ]);
    assert.equal(answer.status(), 403);
    await page.goto(`${edge.url}/gatelodge`);
    assert.equal(await page.locator('input[type=password]').count(), 0, 'still signed in');
  });
});
