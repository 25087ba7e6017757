// A person who has a keyboard and nothing else: what is not reached by Tab is not reached.

import assert from 'node:assert/strict';

const MOST_STOPS = 60;

export class Keyboard {
  constructor(page) {
    this.page = page;
  }

  /** Goes on with Tab until what is called so has the focus, and tells what had it on the way. */
  async goTo(name) {
    const stops = [];
    while (stops.length < MOST_STOPS) {
      const focused = await this.focused();
      stops.push(focused);
      if (focused === name) return stops;
      await this.page.keyboard.press('Tab');
    }
    return assert.fail(`"${name}" is not reached by Tab: ${stops.join(' · ')}`);
  }

  /** Goes to a link or button and presses it; the page that it leads to is there when this returns. */
  async press(name, key = 'Enter') {
    await this.goTo(name);
    await this.leaveBy(key);
  }

  async leaveBy(key) {
    await Promise.all([this.page.waitForEvent('domcontentloaded'), this.page.keyboard.press(key)]);
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  /** What has the focus, by its label or words. */
  focused() {
    return this.page.evaluate(() => {
      const { labels, innerText } = document.activeElement;
      return (labels?.[0]?.innerText ?? (document.activeElement === document.body ? '' : innerText)).trim();
    });
  }

  /** Until something has the focus, as a page that is just there may not have given it yet. */
  async waitForFocus() {
    await this.page.locator(':focus').waitFor();
  }

  /** As a person does who looks for a button that is not there yet. */
  async waitFor(name) {
    await this.page.getByRole('button', { name, exact: true }).waitFor();
  }
}
