// The processor time of each kind of request. Local storage is in the same process, so its work is in these numbers.
import { ASKING, UNASKED, perform } from './journey.mjs';
import { say } from '../scripts/process.mjs';
import { fixed } from './numbers.mjs';
import { withSides } from './sides.mjs';
import { during } from './workerd_process.mjs';

const REQUESTS = 1000;
const JOURNEYS = { provider: UNASKED, unsigned: ASKING, gatelodge: ASKING };

export const cpu = {
  run: ({ scale }) =>
    withSides(Object.keys(JOURNEYS), async ({ sides, pid }) => {
      const measured = {};
      for (const { name, title, edge } of sides) {
        const visits = Array.from({ length: Math.ceil(REQUESTS * scale) }, () => ({ edge }));
        say(`  ${visits.length} of each: ${title} …`);
        measured[name] = { title, requests: visits.length, milliseconds: await ofEach(pid, JOURNEYS[name], visits) };
      }
      return measured;
    }),
  tables: (measured) => [
    {
      title: `Milliseconds of workerd’s processor time for one request, mean of ${Object.values(measured)[0].requests}, each over a connection of its own`,
      head: ['', ...Object.values(measured).map(({ title }) => title)],
      rows: [...new Set([...ASKING, ...UNASKED].map(({ title }) => title))]
        .filter((step) => Object.values(measured).some(({ milliseconds }) => step in milliseconds))
        .map((step) => [step, ...Object.values(measured).map(({ milliseconds }) => (step in milliseconds ? fixed(milliseconds[step], 2) : '–'))]),
    },
  ],
  budgets: ({ gatelodge: { milliseconds } }) => {
    const [step, most] = Object.entries(milliseconds).reduce((one, other) => (other[1] > one[1] ? other : one));
    return [{ what: `CPU of a request, the dearest: ${step}`, bound: 3, unit: 'ms', measured: most }];
  },
};

/** All visitors do a step before the first of them does the next. */
async function ofEach(pid, steps, visits) {
  const milliseconds = {};
  for (const step of steps.filter(({ after }) => after === undefined)) {
    const { cpu } = await during(pid, async () => {
      for (const visit of visits) await perform(step, visit);
    });
    milliseconds[step.title] = (cpu * 1000) / visits.length;
  }
  return milliseconds;
}
