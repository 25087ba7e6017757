// Interleaved rounds: each side in each round, so that a machine that is busy for a while is busy for all of them.
import { say } from '../scripts/process.mjs';

/**
 * @param {object} plan
 * @param {string} plan.title
 * @param {{ name: string }[]} plan.sides
 * @param {number} plan.rounds
 * @param {(side: object) => Promise<void>} [plan.warmUp] before the first round
 * @param {(side: object) => Promise<Record<string, number>>} plan.measure
 * @returns {Promise<Record<string, Record<string, number>[]>>} for each side its rounds
 */
export async function interleave({ title, sides, rounds, warmUp, measure }) {
  say(`  ${title}: ${rounds} rounds of ${sides.map(({ name }) => name).join(', ')}`);
  for (const side of sides) await warmUp?.(side);
  const measured = Object.fromEntries(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each begins once, so that none always follows the same other.
    for (let place = 0; place < sides.length; place += 1) {
      const side = sides[(round + place) % sides.length];
      measured[side.name].push(await measure(side));
    }
  }
  return measured;
}
