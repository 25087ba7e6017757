// Interleaved rounds: each side in each round, so that a machine that is busy for a while is busy for all of them.
import { say } from '../scripts/process.mjs';
import { medians, ratios } from './statistics.mjs';

/** What the others are compared with. */
const REFERENCE = 'bare';

/**
 * @param {object} plan
 * @param {string} plan.title
 * @param {{ name: string, title: string }[]} plan.sides
 * @param {number} plan.rounds
 * @param {(side: object) => Promise<void>} [plan.warmUp] before the first round
 * @param {(side: object) => Promise<Record<string, number>>} plan.measure
 * @returns {Promise<Record<string, { title: string, rounds: object[], median: object, ratio?: object }>>} by the names of the sides
 */
export async function interleave({ title, sides, rounds, warmUp, measure }) {
  const begun = Date.now();
  say(`  ${title}: ${rounds} rounds of ${sides.map(({ name }) => name).join(', ')} …`);
  for (const side of sides) await warmUp?.(side);
  const measured = new Map(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another, so that none is always the first.
    for (let place = 0; place < sides.length; place += 1) {
      const side = sides[(round + place) % sides.length];
      measured.get(side).push(await measure(side));
    }
    if (round === 0) tellRemaining((Date.now() - begun) / 1000, rounds);
  }
  return summary(measured);
}

/** The first round, and the warming up, foretell the others. */
function tellRemaining(seconds, rounds) {
  if (rounds > 1 && seconds * rounds > 20) say(`    about ${Math.ceil((seconds * rounds) / 10) * 10} s`);
}

function summary(measured) {
  const reference = [...measured].find(([{ name }]) => name === REFERENCE)?.[1];
  const entries = [...measured].map(([{ name, title }, rounds]) => [
    name,
    { title, rounds, median: medians(rounds), ...(reference && { ratio: ratios(rounds, reference) }) },
  ]);
  return Object.fromEntries(entries);
}
