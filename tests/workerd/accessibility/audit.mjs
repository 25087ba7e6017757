// axe-core, which judges a page for people who see, hear or move otherwise. It is a package of this folder, as nobody who deploys needs it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { installPackages } from '../../../scripts/packages.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** WCAG 2.2 at level AA, and what its authors advise besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Installs it, unless it is there. */
export function prepareAxe() {
  return installPackages(HERE);
}

/**
 * What it finds in a page. It comes in by the debugger, as all that Playwright evaluates: no policy of the page is in its way, and none has to
 * be weakened for it.
 *
 * @returns {Promise<{ by: string, violations: object[], incomplete: object[], passes: string[] }>}
 */
export async function audit(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source());
  return page.evaluate(async (rules) => {
    const found = await window.axe.run({ runOnly: rules });
    const told = ({ id, help, helpUrl, nodes }) => ({
      id,
      help,
      helpUrl,
      nodes: nodes.map(({ html, failureSummary, any }) => ({
        html: html.slice(0, 300),
        why: failureSummary ?? any.map(({ message }) => message).join('; '),
      })),
    });
    return {
      by: `${found.testEngine.name} ${found.testEngine.version}`,
      violations: found.violations.map(told),
      incomplete: found.incomplete.map(told),
      passes: found.passes.map(({ id }) => id),
    };
  }, RULES);
}

let read;

function source() {
  return (read ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
}
