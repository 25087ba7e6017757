// A person at a real browser, who goes where a page is to be seen. What a person would wait for is not waited for here.

import { OWNER_PASSWORD } from './edge.mjs';

export class Visitor {
  /** `site` is the client's own website. */
  constructor(page, stage, site) {
    Object.assign(this, stage, { page, site });
    page.on('response', (response) => response.request().isNavigationRequest() && (this.last = response));
  }

  /** Goes to a page, and tells how it was answered. */
  async answerOf(reach) {
    await reach(this);
    const { last } = this;
    return { url: last.url(), status: last.status(), headers: last.headers(), body: await last.body() };
  }

  /** Opens an address as somebody who was never here. */
  async openAsStranger(url) {
    await this.page.context().clearCookies();
    await this.page.goto(url);
  }

  /** Opens an address as the owner, who may be asked for the password. */
  async openAsOwner(url) {
    await this.page.goto(url);
    if (await this.page.locator('input[type=password]').count()) await this.givePassword(OWNER_PASSWORD);
  }

  /** Opens an address as the owner, while storage does what is ordered. */
  async openInTrouble(url, headers) {
    await this.openAsOwner(url);
    await this.sending(headers, () => this.page.goto(url));
  }

  /** Sends these headers besides, for as long as this takes. */
  async sending(headers, act) {
    await this.page.setExtraHTTPHeaders(headers);
    await act();
    await this.page.setExtraHTTPHeaders({});
  }

  async givePassword(password) {
    await this.page.locator('input[type=password]').fill(password);
    await this.submit('form:has(input[type=password]) button');
  }

  /** Sends a form as that button does. */
  async submit(button) {
    const sent = this.page.locator(button).first().evaluate((submitter) => submitter.form.requestSubmit(submitter));
    await Promise.all([this.page.waitForEvent('domcontentloaded'), sent]);
  }

  /** Sends a form from the client's website. */
  async submitFromElsewhere(url, attributes = '') {
    this.site.pages['/form'] = `<!doctype html><form method="post" action="${url}" ${attributes}><button>Send</button></form>`;
    await this.page.goto(`${this.site.url}/form`);
    await this.submit('button');
  }
}
