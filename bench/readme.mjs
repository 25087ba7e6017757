// What the README says of the results: it is between two marks there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, Stop, say } from '../scripts/process.mjs';
import { fixed } from './numbers.mjs';

const BEGIN = '<!-- bench: made by npm run bench -->';
const END = '<!-- /bench -->';

export function intoReadme(report) {
  const path = join(ROOT, 'README.md');
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Stop(`README.md has lost its marks; what is measured goes between "${BEGIN}" and "${END}".`);
  writeFileSync(path, `${text.slice(0, begin + BEGIN.length)}\n${paragraphOf(report)}\n${text.slice(end)}`);
  say('README.md says so, too.');
}

function paragraphOf({ processor, cores, date, versions, budgets, sections }) {
  const { alone } = sections.calls.measured;
  const times = (side) => `${fixed(alone[side].ratio.mean, 2)} ×`;
  const met = budgets.filter((budget) => budget.met).length;
  return `![How long each takes, compared with a bare pass-through](bench/results.svg)

A call through Gatelodge takes ${times('gatelodge')} the time of one through a bare pass-through, ${times('unsigned')} without the signature for home; through workers-oauth-provider
${versions['workers-oauth-provider']} it takes ${times('provider')}, and through a few lines of JavaScript that do the same steps and check nothing ${times('sameSteps')}. Measured on ${date} in workerd ${versions.workerd} (${processor}, ${cores} cores). ${met} of ${budgets.length} budgets
are met: [all results](bench/results.md), and [what stands in the way](docs/budgets.md) of the others.`;
}
