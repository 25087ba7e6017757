// Every page in a real browser, on a phone and on a desk, light and dark: it fits, it can be read, touched and gone through by keyboard, and
// axe-core has nothing against it. The pictures and what axe-core said are kept in test-output/pages.

import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { ROOT } from '../../scripts/process.mjs';
import { audit, prepareAxe } from './accessibility/audit.mjs';
import { launchChromium, startSite } from './support/chromium_browser.mjs';
import { EVERY_PAGE } from './support/every_page.mjs';
import { assertFitsEnlarged, assertFocusIsSeen, assertLooks, assertTouchable, settled } from './support/looks.mjs';
import { startStage } from './support/page_stage.mjs';
import { messageTitles, sentences } from './support/sentences.mjs';
import { Visitor } from './support/visitor.mjs';

const OUTPUT = join(ROOT, 'test-output', 'pages');
const DEVICES = {
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1280, height: 800 } },
};
/** The keyboard goes through the page to its end in one, and back from there in the other. */
const SCHEMES = { light: 'Tab', dark: 'Shift+Tab' };

const audits = [];
const complaints = [];
const pages = {};
const seen = [];
let browser;
let site;
let stage;
let visitor;

before(async () => {
  await prepareAxe();
  await rm(OUTPUT, { recursive: true, force: true });
  await mkdir(OUTPUT, { recursive: true });
  [stage, site, browser] = await Promise.all([startStage(), startSite(), launchChromium()]);
  for (const [device, options] of Object.entries(DEVICES)) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(15_000);
    pages[device] = await context.newPage();
    pages[device].on('console', (message) => isComplaint(message) && complaints.push(message.text()));
  }
  visitor = new Visitor(pages.desk, stage, site);
});
after(async () => {
  await writeFile(join(OUTPUT, 'axe.json'), `${JSON.stringify(audits, undefined, 2)}\n`);
  await browser?.close();
  await site?.stop();
  await stage?.stop();
});

for (const { name, title, reach } of EVERY_PAGE) {
  test(`${name} fits, is seen and has no fault`, async () => {
    const { desk, phone } = pages;
    const answer = await visitor.answerOf(reach);
    await showAgain(phone, answer);
    const [now] = await Promise.all([settled(desk), settled(phone)]);
    assert.equal(now.title, title);
    seen.push(now);
    await Promise.all([look(name, 'desk'), look(name, 'phone')]);
    await assertTouchable(phone);
    await assertForOtherEyes(desk);
    assert.deepEqual(complaints.splice(0), [], 'the browser complains');
  });
}

test('no page is forgotten: every sentence, title and rule of style was seen', () => {
  const all = seen.map(({ text }) => text).join('\n');
  const texts = [...sentences(), ...messageTitles()];
  assert.ok(texts.length > 60, 'they are found in the source');
  assert.deepEqual(texts.filter((text) => !all.includes(text)), []);
  const used = new Set(seen.flatMap(({ rules }) => rules.used));
  assert.deepEqual(seen[0].rules.all.filter((rule) => !used.has(rule)), []);
});

test('a fault would be found', async () => {
  const page = await browser.newPage();
  await page.goto(`${stage.edges.main.url}/gatelodge`);
  await page.evaluate(() => {
    document.styleSheets[0].insertRule('main, main * { color: #999; background: #fff }');
    document.documentElement.removeAttribute('lang');
    document.querySelector('label').remove();
  });
  const { violations } = await audit(page);
  assert.deepEqual(violations.map(({ id }) => id).sort(), ['color-contrast', 'html-has-lang', 'label']);
});

/** That an answer is an error is none. */
function isComplaint(message) {
  return message.type() === 'error' && !/Failed to load resource/.test(message.text());
}

/** The same answer for another device, which need not go the same way to it. */
async function showAgain(page, { url, ...answer }) {
  await page.route(url, (route) => route.fulfill(answer), { times: 1 });
  await page.goto(url);
}

async function look(name, device) {
  const page = pages[device];
  for (const scheme of Object.keys(SCHEMES)) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(OUTPUT, `${name}-${page.viewportSize().width}-${scheme}.png`), fullPage: true });
  }
  for (const [scheme, key] of Object.entries(SCHEMES)) {
    await page.emulateMedia({ colorScheme: scheme });
    await assertLooks(page, scheme);
    await assertNoFault(page, { page: name, device, scheme });
    await assertFocusIsSeen(page, scheme, key);
  }
}

async function assertNoFault(page, where) {
  const found = await audit(page);
  audits.push({ ...where, ...found });
  assert.deepEqual(found.violations, []);
  assert.deepEqual(found.incomplete, []);
}

async function assertForOtherEyes(page) {
  await assertFitsEnlarged(page, page.viewportSize());
  await page.emulateMedia({ forcedColors: 'active' });
  await assertFocusIsSeen(page, 'in forced colours', 'Tab');
  await page.emulateMedia({ forcedColors: 'none' });
}
