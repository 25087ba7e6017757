// The policy of the question lets the browser go back to the client, wherever the client sends it from there. Browsers hold the answer to a
// form to the page's `form-action` at every redirect, and only a browser notices.

import assert from 'node:assert/strict';
import https from 'node:https';
import { after, before, describe, test } from 'node:test';

import { launchChromium, startSite } from './support/chromium_browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { selfSigned } from './support/self_signed.mjs';

const APP = 'cursor://anysphere.cursor-mcp/oauth/callback';
/** Where some clients send the browser on: to another host, such as the name without `www`, or to an app. */
const THERE = 'https://app.example/done';
const ONWARD = { '/to-another-host': { location: THERE }, '/to-an-app': { location: APP } };

let browser;
let context;
let edge;
let local;
let web;

before(async () => {
  const createServer = (answer) => https.createServer(selfSigned(), answer);
  [edge, local, web] = await Promise.all([startEdge(), startSite(ONWARD), startSite(ONWARD, createServer)]);
  browser = await launchChromium([`--host-resolver-rules=MAP *.example 127.0.0.1:${web.port}`]);
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(`${edge.url}/gatelodge`);
  await page.locator('input[type=password]').fill(OWNER_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
});
after(async () => {
  await browser?.close();
  await local?.stop();
  await web?.stop();
  await edge?.stop();
});

const REDIRECT_URIS = {
  'a website': () => ['https://assistant.example/callback'],
  'a website at a port of its own': () => [`https://127.0.0.1:${web.port}/callback`],
  'a program on this computer': () => [`http://localhost:${local.port}/callback`],
  'a program at another name of this computer': () => [`http://127.0.0.1:${local.port}/callback`],
  'a website that sends it to another host': () => ['https://www.app.example/to-another-host', THERE],
  'a program that sends it to a website': () => [`http://localhost:${local.port}/to-another-host`, THERE],
};

/** One at a time, as Chromium starts one app only for each key that is pressed. */
const OF_APPS = {
  'an app': () => [APP],
  'a website that sends it to an app': () => ['https://assistant.example/to-an-app', APP],
};
const EVERYBODY = { ...REDIRECT_URIS, ...OF_APPS };

/** Presses a button of the question, or of the page of a wrong request, and tells where the browser went from there and what it said. */
async function answer(redirectUri, button, { replaced, policy } = {}) {
  const client = await Client.register(edge, { redirect_uris: [redirectUri] });
  const page = await context.newPage();
  const went = [];
  const said = [];
  page.on('request', (request) => request.isNavigationRequest() && went.push(new URL(request.url())));
  // That an answer is an error is no complaint.
  page.on('console', (message) => /Failed to load resource/.test(message.text()) || said.push(message.text()));
  if (policy) await page.route(`${edge.url}/authorize?*`, (route) => underPolicy(route, policy));
  await page.goto(client.authorization(replaced).url);
  await page.getByRole('button', { name: button }).press('Enter');
  return { page, went, said };
}

async function underPolicy(route, policy) {
  const response = await route.fetch();
  await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
}

async function assertArrives({ page, went, said }, callback, end = callback) {
  const arrived = await eventually(() => went.find((url) => url.href.startsWith(end)) ?? said.length > 0, { within: 5_000 });
  assert.deepEqual(said, [], 'the browser complains');
  assert.ok(arrived, `it went to ${went}`);
  const back = went.find((url) => url.href.startsWith(callback));
  assert.ok(back.searchParams.get('code') ?? back.searchParams.get('error'));
  assert.equal(back.searchParams.get('iss'), edge.url);
  // Nobody has such an app here.
  if (!end.startsWith(APP)) await page.waitForURL(`${end}*`);
}

function letIn(client) {
  test(`${client}, which was let in`, async () => {
    const [callback, end] = EVERYBODY[client]();
    await assertArrives(await answer(callback, 'Let it in'), callback, end);
  });
}

function sendBack(client) {
  test(`${client}, whose request was wrong`, async () => {
    const [callback, end] = EVERYBODY[client]();
    const sentBack = await answer(callback, /^Go back/, { replaced: { code_challenge_method: 'plain' } });
    await assertArrives(sentBack, callback, end);
  });
}

describe('a browser gets back to', { concurrency: true }, () => {
  for (const client of Object.keys(REDIRECT_URIS)) letIn(client);
  sendBack('a website that sends it to another host');
});

describe('a browser gets back to', () => {
  for (const client of Object.keys(OF_APPS)) letIn(client);
  sendBack('an app');
});

describe('a browser would not get back, and this is noticed, to', { concurrency: true }, () => {
  const TOO_STRICT = {
    'a website': "form-action 'self'",
    'a program on this computer': "form-action 'self'",
    'a website that sends it to another host': "form-action 'self' https://www.app.example",
    'an app': "form-action 'self'",
    'a website that sends it to an app': "form-action 'self' https://assistant.example",
  };
  for (const [client, policy] of Object.entries(TOO_STRICT)) {
    test(`${client} under ${policy}`, async () => {
      const [callback, end] = EVERYBODY[client]();
      const blocked = await answer(callback, 'Let it in', { policy });
      await assert.rejects(assertArrives(blocked, callback, end), /the browser complains/);
      assert.match(blocked.said.join(), /violates the following Content Security Policy directive: "form-action/);
    });
  }
});
