// The sections, one after the other, and what is told of them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, say } from '../scripts/process.mjs';
import { judge } from './budgets.mjs';
import { machine, versions } from './machine.mjs';
import { intoPages } from './pages.mjs';
import { shown, write } from './report.mjs';
import { SECTIONS } from './sections.mjs';

const FULL = { rounds: 5, seconds: 1, scale: 1 };
const QUICK = { rounds: 1, seconds: 0.5, scale: 0.05 };

/** Only a full run is for others to read. */
export async function measure({ only, quick, rounds, seconds }) {
  const chosen = SECTIONS.filter(({ name }) => !only || only.includes(name));
  const usual = quick ? QUICK : FULL;
  const effort = { ...usual, rounds: rounds ?? usual.rounds, seconds: seconds ?? usual.seconds };
  // Elsewhere two sections cannot be measured.
  const isFull = !only && !quick && !rounds && !seconds && process.platform === 'linux';
  const report = { ...machine(), versions: versions(), effort, sections: {}, budgets: [] };
  say(`${shown.machine(report)}.`);
  if (isFull) say(`All of it takes about ${chosen.reduce((sum, { minutes }) => sum + minutes, 0)} minutes. Leave the machine alone meanwhile.`);
  for (const [index, section] of chosen.entries()) {
    say(`\n=== ${index + 1} of ${chosen.length}, ${section.name}: ${section.title}`);
    if (section.linux && report.platform !== 'linux') {
      say('  not measured: only Linux tells what it needs');
      continue;
    }
    const { run, tables: tablesOf, budgets } = await section.load();
    const measured = await run(effort);
    const tables = tablesOf(measured);
    report.sections[section.name] = { title: section.title, tables, measured };
    report.budgets.push(...(budgets?.(measured) ?? []).map(judge));
    for (const table of tables) say(shown.table(table));
  }
  if (report.budgets.length > 0) say(shown.table(shown.budgets(report)));
  const folder = isFull ? 'bench' : join('test-output', 'bench');
  mkdirSync(join(ROOT, folder), { recursive: true });
  const written = await write(report, folder);
  if (isFull) intoPages(written);
}
