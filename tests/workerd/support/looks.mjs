// How a page looks and feels in a real browser: whether it fits, can be read and touched, and shows where the keyboard is.

import assert from 'node:assert/strict';

import { contrast, luminance } from './contrast.mjs';

/** WCAG 2.2, 1.4.11: parts of a control against what is beside them. */
const SEEN = 3;
/** WCAG 2.2, 2.5.5 asks for 44 at its highest level; the lines between buttons count. */
const TOUCHABLE = 40;

/** Ends what waits, as it ends by itself after a second; then tells what is said, and which rules of style are for something that is there. */
export function settled(page) {
  return page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.finish();
    const selectors = (rules) => [...rules].flatMap((rule) => rule.selectorText ?? selectors(rule.cssRules ?? []));
    const isUsed = (selector) => document.querySelector(selector.replace(/(?<=.):hover|:focus-visible/g, '') || '*') !== null;
    const all = selectors(document.styleSheets[0].cssRules);
    return {
      title: document.querySelector('h1').innerText,
      text: document.body.textContent.replace(/\s+/g, ' '),
      rules: { all, used: all.filter(isUsed) },
    };
  });
}

/** It fits, is in the scheme that is asked for, and what is typed into has an edge that is told from both of its sides. */
export async function assertLooks(page, scheme) {
  const { scrollWidth, paper, fields } = await page.evaluate(() => {
    const style = (element) => getComputedStyle(element);
    const edges = [...document.querySelectorAll('input[type=password]')].map((field) => [
      style(field).borderTopColor,
      style(field).backgroundColor,
      style(field.closest('main')).backgroundColor,
    ]);
    return { scrollWidth: document.documentElement.scrollWidth, paper: style(document.body).backgroundColor, fields: edges };
  });
  // A phone would show all that is too wide smaller, and call its window as wide as that.
  const wide = scrollWidth - page.viewportSize().width;
  assert.ok(wide <= 0, `${scheme}: ${wide} pixels too wide`);
  const light = luminance(paper);
  assert.ok(scheme === 'dark' ? light < 0.1 : light > 0.6, `${scheme}: ${paper}`);
  for (const [edge, ...sides] of fields) {
    for (const side of sides) assert.ok(contrast(edge, side) >= SEEN, `${scheme}: ${edge} beside ${side}`);
  }
}

/** The window is as if all in it were so many times larger, and the reader has set the text wider, too (WCAG 2.2, 1.4.10 and 1.4.12). */
export async function assertFitsEnlarged(page, { width, height }) {
  const spacing = '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }';
  for (const times of [2, 4]) {
    await page.setViewportSize({ width: width / times, height: Math.round(height / times) });
    const wide = await page.evaluate((rule) => {
      const [sheet] = document.styleSheets;
      sheet.insertRule(rule);
      const { scrollWidth } = document.documentElement;
      sheet.deleteRule(0);
      return scrollWidth - window.innerWidth;
    }, spacing);
    assert.ok(wide <= 0, `${times * 100} %, with text set wider: ${wide} pixels too wide`);
  }
  await page.setViewportSize({ width, height });
}

export async function assertTouchable(page) {
  const heights = await page.evaluate(() =>
    [...document.querySelectorAll('button, label:has(input)')].map((control) => control.getBoundingClientRect().height),
  );
  for (const height of heights) assert.ok(height >= TOUCHABLE, `${height} pixels high is hard to touch`);
}

/** Goes through all that can have the focus with one key, from where it is or from outside, and looks whether that is seen. */
export async function assertFocusIsSeen(page, how, key) {
  const seen = [];
  let focus = await page.evaluate(whereFocusIs);
  while (seen.length < focus.count) {
    if (seen.length > 0 || focus.index === undefined) {
      await page.keyboard.press(key);
      focus = await page.evaluate(whereFocusIs);
    }
    const { index, outline } = focus;
    seen.push(index);
    const told = `${how}: ${JSON.stringify(outline)}`;
    assert.ok(outline && outline.style !== 'none' && outline.width >= 2, `no outline, ${told}`);
    assert.ok(contrast(outline.color, outline.beside) >= SEEN, `an outline that is not seen, ${told}`);
  }
  const order = Array.from({ length: focus.count }, (_, index) => index);
  assert.deepEqual(key === 'Tab' ? seen : seen.reverse(), order, `${how}: ${key} goes through the page in the order of reading`);
}

/** In the page: how many elements can have the focus, which one has it, and what is drawn around that. */
function whereFocusIs() {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex]')];
  const reachable = all.filter((element) => element.tabIndex >= 0 && element.type !== 'hidden');
  const count = reachable.length;
  const element = document.activeElement;
  if (element === document.body) return { count };
  const isClear = (part) => /^rgba\(.*, 0\)$/.test(getComputedStyle(part).backgroundColor);
  let around = element.parentElement;
  while (around.parentElement && isClear(around)) around = around.parentElement;
  const { outlineStyle: style, outlineWidth, outlineColor: color } = getComputedStyle(element);
  const beside = getComputedStyle(around).backgroundColor;
  const outline = { of: element.outerHTML.slice(0, 100), style, width: Number.parseFloat(outlineWidth), color, beside };
  return { count, index: reachable.indexOf(element), outline };
}
