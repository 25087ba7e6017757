// What the README and the page of budgets say of the results: parts of them that a full run makes.
import { madePart } from '../scripts/made_part.mjs';
import { say } from '../scripts/process.mjs';
import { explain } from './explanations.mjs';
import { amount, fixed } from './numbers.mjs';

/** Each page with a part, and what is to be there. */
const PAGES = { 'README.md': inShort, 'docs/budgets.md': unmet };

/** Puts into the pages what was measured. */
export function intoPages(report) {
  for (const { page, part, made } of partsOf(report)) {
    part.replace(made);
    say(`${page} says so, too.`);
  }
}

/** Of each page the part that is there, and what these results make of it. */
export function partsOf(report) {
  return Object.entries(PAGES).map(([page, make]) => ({ page, part: madePart(page, 'bench', 'npm run bench'), made: make(report) }));
}

function inShort({ processor, cores, date, versions, budgets, sections }) {
  const { alone } = sections.calls.measured;
  const times = (side) => `${fixed(alone[side].ratio.mean, 2)} ×`;
  const met = budgets.filter((budget) => budget.met).length;
  return `![How long each takes, compared with a bare pass-through](bench/results.svg)

A call through Gatelodge takes ${times('gatelodge')} the time of one through a bare pass-through, ${times('unsigned')} without the signature for home; through workers-oauth-provider
${versions['workers-oauth-provider']} it takes ${times('provider')}, and through a few lines of JavaScript that do the same steps and check nothing ${times('sameSteps')}. Measured on ${date} in workerd ${versions.workerd} (${processor}, ${cores} cores). ${met} of ${budgets.length} budgets
are met: [all results](bench/results.md), and [what stands in the way](docs/budgets.md) of the others.`;
}

function unmet({ budgets, sections }) {
  const rows = budgets
    .filter(({ met }) => !met)
    .map(({ what, bound, measured, unit }) => `| ${what} | ${bound} | ${amount(measured, unit)} | ${explain(what, sections)} |`);
  const { provider, unsigned } = sections.verification.measured.verification;
  const verification = `The whole verification of a token takes ${fixed(unsigned.cpu, 2)} ms of processor time; workers-oauth-provider's takes ${fixed(provider.cpu, 2)}.`;
  return [verification, '', '| budget | bound | measured | what stands in the way |', '| --- | ---: | ---: | --- |', ...rows].join('\n');
}
