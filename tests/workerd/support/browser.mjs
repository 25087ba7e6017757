// A browser without scripts: cookies, forms, redirects and the fetch metadata headers. It learns field names from
// the page, so that a test breaks only when a person could no longer sign in.

import assert from 'node:assert/strict';
import { parse } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';

import { send } from './send.mjs';

export class Browser {
  #jar = new CookieJar();
  #headers;

  constructor({ headers = {} } = {}) {
    this.#headers = { 'cf-connecting-ip': nextAddress(), ...headers };
  }

  /** Opens an address as if it were typed; redirects within its web origin are followed. */
  open(url, { headers } = {}) {
    return this.#navigate(url, { headers: { 'sec-fetch-site': 'none', ...headers } });
  }

  /** Sends the form that has the asked button (by value), the asked kinds of fields, the asked address or words. */
  submit(page, { button, fill = {}, action, about, headers = {}, edit = (fields) => fields } = {}) {
    const form = page.form({ button, fields: Object.keys(fill), action, about });
    const fields = edit(page.fieldsOf(form, { button, fill }));
    return this.#navigate(page.actionOf(form), {
      method: 'POST',
      form: fields,
      headers: { origin: new URL(page.url).origin, 'sec-fetch-site': 'same-origin', ...headers },
    });
  }

  cookies(url) {
    return this.#jar.getCookiesSync(url);
  }

  forgetCookies() {
    this.#jar.removeAllCookiesSync();
  }

  async #navigate(url, options) {
    const cookie = this.#jar.getCookieStringSync(url);
    const headers = {
      accept: 'text/html,application/xhtml+xml',
      ...this.#headers,
      ...(cookie && { cookie }),
      ...options.headers,
    };
    const reply = await send(url, { ...options, headers });
    for (const line of reply.headers['set-cookie'] ?? []) this.#jar.setCookieSync(line, url);
    if (![301, 302, 303, 307, 308].includes(reply.status)) return new Page(url, reply);
    assert.equal(reply.status, 303, 'a browser resends the password on 307 and 308 (AS-33)');
    const next = new URL(reply.headers.location, url);
    if (next.origin !== new URL(url).origin) return new Page(url, reply, next);
    return this.#navigate(next.href, { headers: { 'sec-fetch-site': 'same-origin' } });
  }
}

let browsers = 0;

/** A network of its own for each browser, so that one test's sign-ins do not use up another's. */
function nextAddress() {
  browsers += 1;
  return `10.${browsers >> 16}.${(browsers >> 8) & 255}.${browsers & 255}`;
}

class Page {
  constructor(url, reply, leftTo) {
    this.url = url;
    this.status = reply.status;
    this.headers = reply.headers;
    this.text = reply.text;
    this.document = parse(reply.text);
    /** Where the browser was sent to, when that is another web origin: the client's callback. */
    this.leftTo = leftTo;
  }

  get says() {
    return this.document.textContent.replace(/\s+/g, ' ');
  }

  get asksForPassword() {
    return this.document.querySelector('form input[type=password]') !== null;
  }

  hasButton(value) {
    return this.buttons.some((button) => button.getAttribute('value') === value);
  }

  get buttons() {
    return this.document.querySelectorAll('form button, form input[type=submit]');
  }

  form({ button, fields = [], action, about = '' }) {
    const found = this.document
      .querySelectorAll('form')
      .find(
        (form) =>
          (action === undefined || new URL(this.actionOf(form)).pathname === action) &&
          (form.textContent.includes(about) || form.closest('li, tr, article, section')?.textContent.includes(about)) &&
          (button === undefined || form.querySelector(`button[value="${button}"]`) !== null) &&
          fields.every((type) => form.querySelector(`input[type="${type}"]`) !== null),
      );
    assert.ok(found, `HTTP ${this.status} has no form with ${action ?? button ?? fields}: ${this.says.slice(0, 300)}`);
    return found;
  }

  fieldsOf(form, { button, fill = {} } = {}) {
    const pairs = new URLSearchParams();
    for (const input of form.querySelectorAll('input')) {
      const name = input.getAttribute('name');
      if (name) pairs.append(name, fill[input.getAttribute('type')] ?? input.getAttribute('value') ?? '');
    }
    const pressed =
      button === undefined ? form.querySelector('button[name]') : form.querySelector(`button[value="${button}"]`);
    if (pressed?.getAttribute('name')) pairs.append(pressed.getAttribute('name'), pressed.getAttribute('value') ?? '');
    return pairs;
  }

  actionOf(form) {
    return new URL(form.getAttribute('action') ?? '', this.url).href;
  }
}
