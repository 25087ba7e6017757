// The pages: for the owner's eyes, in no frame, without scripts, and deaf to what a client calls itself (AS-34, AS-35).

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { OWNER_PASSWORD, startEdge } from './support/edge.mjs';
import { assertPage } from './support/expect.mjs';
import { connect, enter } from './support/sign_in.mjs';

let client;
let edge;

before(async () => {
  edge = await startEdge({ NAME: 'The <Library> & "Co"' });
  client = await Client.register(edge);
});
after(() => edge.stop());

const PAGES = {
  login: async () => new Browser().open(client.authorization().url),
  'refused login': async () => {
    const browser = new Browser();
    return browser.submit(await browser.open(client.authorization().url), { fill: { password: 'a wrong one' } });
  },
  consent: async () => enter(new Browser(), client.authorization().url),
  welcome: async () => new Browser().open(`${edge.url}/`),
  'untrusted request': async () => new Browser().open(client.authorization({ client_id: 'nobody' }).url),
  'refused request': async () => enter(new Browser(), client.authorization({ code_challenge: undefined }).url),
  'refused form': async () => {
    const browser = new Browser();
    return browser.submit(await browser.open(client.authorization().url), {
      fill: { password: OWNER_PASSWORD },
      headers: { 'sec-fetch-site': 'cross-site' },
    });
  },
  'owner login': async () => new Browser().open(`${edge.url}/gatelodge`),
  owner: async () => {
    const browser = new Browser();
    await connect(edge, { browser, client });
    return browser.open(`${edge.url}/gatelodge`);
  },
};

function policyOf(page) {
  assert.ok(page.headers['content-security-policy'], 'there is no policy');
  const directives = page.headers['content-security-policy']
    .split(';')
    .map((directive) => directive.trim().split(/\s+/));
  return Object.fromEntries(directives.map(([name, ...sources]) => [name, sources]));
}

for (const [name, show] of Object.entries(PAGES)) {
  describe(`the ${name} page`, () => {
    let page;
    before(async () => {
      page = await show();
    });

    test('is in no frame, loads nothing and runs nothing', () => {
      const policy = policyOf(page);
      assert.deepEqual(policy['frame-ancestors'], ["'none'"]);
      assert.deepEqual(policy['default-src'], ["'none'"]);
      assert.deepEqual(policy['base-uri'], ["'none'"]);
      assert.equal(policy['script-src'], undefined);
      assert.ok(!page.headers['content-security-policy'].includes('unsafe-'));
      assert.equal(page.headers['x-frame-options'], 'DENY');
      assert.doesNotMatch(page.text, /<script|javascript:|<[^>]*\son[a-z]+=/i);
      for (const element of page.document.querySelectorAll('[src], link[href]')) {
        assert.fail(`loads ${element.toString()}`);
      }
    });

    test('sends its forms to the edge', () => {
      // A browser would hold the client to it, wherever that sends the answer on; policy_lets_back.test.mjs looks.
      const leadsOn = page.document.querySelector('button[name=decision]') !== null;
      assert.deepEqual(policyOf(page)['form-action'], leadsOn ? undefined : ["'self'"]);
      for (const form of page.document.querySelectorAll('form')) {
        assert.equal(new URL(page.actionOf(form)).origin, edge.url);
        assert.equal(form.getAttribute('method').toLowerCase(), 'post');
      }
    });

    test('is kept by nobody and tells others nothing', () => {
      assert.match(page.headers['cache-control'], /no-store/);
      assert.equal(page.headers['referrer-policy'], 'same-origin');
      assert.equal(page.headers['x-content-type-options'], 'nosniff');
      assert.equal(page.headers['cross-origin-opener-policy'], 'same-origin');
      assert.match(page.headers['content-type'], /charset=utf-8/i);
    });

    test('is a whole page, in words, for small screens and both colour schemes', () => {
      assert.match(page.text, /^<!doctype html>/i);
      assert.ok(page.document.querySelector('html[lang]'));
      assert.ok(page.document.querySelector('title').textContent.trim());
      assert.match(page.document.querySelector('meta[name=viewport]').getAttribute('content'), /width=device-width/);
      assert.equal(page.document.querySelectorAll('h1').length, 1);
      const titles = ['h1', 'header'].map((part) => page.document.querySelector(part).text.trim());
      assert.notEqual(titles[0], titles[1], 'the title says more than the name of the server');
      const words = page.document.querySelector('main').text.replaceAll(/Test Client|client\.example/g, '');
      assert.doesNotMatch(words, /client|grant|scope|redirect/i, 'a person reads it');
      assert.match(page.text, /color-scheme|prefers-color-scheme/);
      assert.ok(!page.text.includes('<Library>'), 'NAME is text');
    });
  });
}

test('the login form is one that a password manager fills', async () => {
  const page = await PAGES.login();
  const password = page.document.querySelector('input[type=password]');
  assert.equal(password.getAttribute('autocomplete'), 'current-password');
  const id = password.getAttribute('id');
  assert.ok(page.document.querySelector(`label[for="${id}"]`) ?? password.closest('label'));
  const [first] = page.document.querySelectorAll('input').filter((input) => input.getAttribute('type') !== 'hidden');
  assert.equal(first.getAttribute('autocomplete'), 'username', 'a password is kept under a name');
  assert.equal(first.getAttribute('value'), 'owner');
  assert.ok(first.hasAttribute('readonly'));
});

test('the login form says which field was wrong', async () => {
  const password = (page) => page.document.querySelector('input[type=password]');
  assert.ok(!password(await PAGES.login()).hasAttribute('aria-invalid'));
  const refused = await PAGES['refused login']();
  assert.equal(password(refused).getAttribute('aria-invalid'), 'true');
  const notice = refused.document.getElementById(password(refused).getAttribute('aria-describedby'));
  assert.equal(notice.getAttribute('role'), 'alert');
});

describe('the consent page', () => {
  test('names the client, where the answer goes, what for and which server (AS-41)', async () => {
    const page = assertPage(await PAGES.consent(), 200);
    for (const shown of ['Test Client', 'client.example', '/mcp', 'The <Library> & "Co"']) {
      assert.ok(
        page.document.textContent.includes(shown) || page.document.querySelector('body').text.includes(shown),
        shown,
      );
    }
  });

  test("warns when the answer goes to a program on the owner's own machine (AS-43)", async () => {
    const local = await Client.register(edge, { redirect_uris: ['http://localhost:3118/callback'] });
    const [near, far] = [await enter(new Browser(), local.authorization().url), await PAGES.consent()];
    assert.match(near.says, /program on the computer that you are using/);
    assert.doesNotMatch(far.says, /program on the computer|app on this device/);
    const app = await Client.register(edge, { redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'] });
    assert.match((await enter(new Browser(), app.authorization().url)).says, /app on this device/);
  });
});

describe('what a client says of itself', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    '</title></style><h1>Your bank</h1>',
    '&lt;b&gt;',
  ];
  for (const name of HOSTILE) {
    test(`is text: ${JSON.stringify(name)} (AS-35)`, async () => {
      const hostile = await Client.register(edge, { client_name: name });
      const browser = new Browser();
      const pages = [await enter(browser, hostile.authorization({ state: name, scope: name }).url)];
      await browser.submit(pages[0], { button: 'approve' });
      pages.push(await browser.open(`${edge.url}/gatelodge`));
      for (const page of pages) {
        assertPage(page, 200);
        assert.doesNotMatch(page.text, /<script|<img|<h1>Your bank/i);
        assert.equal(page.document.querySelectorAll('h1').length, 1);
        for (const element of page.document.querySelectorAll('*')) {
          const handlers = Object.keys(element.attributes).filter((attribute) => /^on/i.test(attribute));
          assert.deepEqual(handlers, [], element.toString());
        }
      }
    });
  }

  const HIDING = [
    '\u202eedualC',
    'Claude\u0000',
    'Cla\u200bude',
    '\u2066Claude\u2069',
    '\ufeffClaude',
    'Cla\u3164ude\ufe0f\u{e0041}',
  ];
  for (const name of HIDING) {
    test(`is shown without signs that reverse, end or hide it: ${JSON.stringify(name)}`, async () => {
      const odd = await Client.register(edge, { client_name: name });
      const page = assertPage(await enter(new Browser(), odd.authorization().url), 200);
      assert.doesNotMatch(page.text, /[\u0000\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufe0f\ufeff\u{e0041}]/u);
    });
  }

  test('is not shown on the page of an untrusted request, except as text', async () => {
    const page = await new Browser().open(
      `${edge.url}/authorize?client_id=%3Cscript%3E&redirect_uri=%22%3E%3Cscript%3E`,
    );
    assertPage(page, 400);
    assert.doesNotMatch(page.text, /<script/i);
  });
});

test('a HEAD of a page is the page without its body', async () => {
  const reply = await edge.send('/gatelodge', { method: 'HEAD', headers: { accept: 'text/html' } });
  assert.equal(reply.status, 200);
  assert.equal(reply.bytes.length, 0);
});
