// The results, as text, as Markdown, as JSON and as a chart.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, say } from '../scripts/process.mjs';
import { chartOf } from './chart.mjs';
import { amount } from './numbers.mjs';

const CAVEATS = `The sides are Workers in one and the same workerd, before one and the same server at home, and are measured in turn in each round; a ratio is taken in
each round, and what is shown is the median of the rounds. The client, workerd and home share the cores of one machine. Local storage runs in workerd itself, so its
work is in the processor time of what uses it. Nothing of this says how long the network, or Cloudflare's own machines, take.`;

export const shown = {
  machine: ({ processor, cores, memory, kernel, date, versions }) =>
    `${processor}, ${cores} cores, ${memory}, ${kernel}; Node ${versions.node}, workerd ${versions.workerd}; ${date}`,

  /** As text. Numbers stand to the right. */
  table({ title, head, rows }) {
    const lines = [head, ...rows].map((cells) => cells.map(String));
    const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
    const line = (cells) => cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
    return ['', title, line(lines[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1).map(line)].join('\n');
  },

  markdown({ title, head, rows }) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    const alignment = head.map((_, column) => (column === 0 ? '---' : '---:'));
    return [`### ${title}`, '', line(head), line(alignment), ...rows.map(line)].join('\n');
  },

  budgets: ({ budgets }) => ({
    title: 'Budgets',
    head: ['budget', 'bound', 'measured', 'met?'],
    rows: budgets.map(({ what, bound, measured, unit, met }) => [what, bound, amount(measured, unit), met === undefined ? '–' : met ? 'yes' : 'no']),
  }),
};

/** Writes them into a folder, and returns them as they can be read there. */
export async function write(report, folder) {
  const put = (name, text) => writeFileSync(join(ROOT, folder, name), text);
  const written = JSON.stringify(withoutTables(report), rounded, 1);
  put('results.json', `${written}\n`);
  put('results.md', markdownOf(report));
  const chart = await chartOf(report);
  if (chart) put('results.svg', chart);
  say(`\nThe results are in ${join(folder, 'results.md')}, .json${chart ? ' and .svg' : ''}.`);
  return JSON.parse(written);
}

function withoutTables({ sections, ...report }) {
  const measured = Object.entries(sections).map(([name, { title, measured }]) => [name, { title, measured }]);
  return { ...report, sections: Object.fromEntries(measured) };
}

/** Six digits are more than is known. */
function rounded(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

function markdownOf(report) {
  const { versions, effort, sections, budgets } = report;
  const parts = [
    '# Measured by `npm run bench`',
    `${shown.machine(report)}. Gatelodge ${versions.gatelodge}, workers-oauth-provider ${versions['workers-oauth-provider']}.`,
    `Rounds: ${effort.rounds}, and half of that for the memory of streams; of load ${effort.seconds} s for each side in each round.`,
    CAVEATS,
    ...(budgets.length > 0 ? [shown.markdown(shown.budgets(report)).replace('###', '##')] : []),
    ...Object.values(sections).flatMap(({ title, tables }) => [`## ${title[0].toUpperCase()}${title.slice(1)}`, ...tables.map(shown.markdown)]),
  ];
  return `${parts.join('\n\n')}\n`;
}
