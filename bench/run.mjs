// The sections, one after the other, and what is told of them.
import { say } from '../scripts/process.mjs';
import { calls } from './calls.mjs';
import { showTable } from './table.mjs';

export const SECTIONS = [calls];

const FULL = { rounds: 11, seconds: 2 };
const QUICK = { rounds: 1, seconds: 0.5 };

export async function measure({ only, quick, rounds, seconds }) {
  const usual = quick ? QUICK : FULL;
  const effort = { rounds: rounds ?? usual.rounds, seconds: seconds ?? usual.seconds };
  for (const section of SECTIONS.filter(({ name }) => !only || only.includes(name))) {
    say(`\n=== ${section.name}: ${section.title}`);
    for (const table of section.tables(await section.run(effort))) showTable(table);
  }
}
