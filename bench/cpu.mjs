// The processor time of each kind of request. Local storage is in the same process, so its work is in these numbers.
import { say } from '../scripts/process.mjs';
import { ASKING, UNASKED, perform } from './journey.mjs';
import { fixed } from './numbers.mjs';
import { withSides } from './sides.mjs';
import { during } from './workerd_process.mjs';

/** Clients that take each step one after the other. More would take longer than a code lives. */
const AT_ONCE = 100;
const GROUPS = 10;
const JOURNEYS = { provider: UNASKED, unsigned: ASKING, gatelodge: ASKING };

export const cpu = {
  run: ({ scale }) =>
    withSides([...Object.keys(JOURNEYS), 'storage'], async ({ sides, pid }) => {
      const groups = Math.ceil(GROUPS * scale);
      const walking = sides.filter(({ name }) => name in JOURNEYS);
      const journeys = Object.fromEntries(walking.map(({ name, title }) => [name, { title, milliseconds: {} }]));
      for (let group = 1; group <= groups; group += 1) {
        say(`  group ${group} of ${groups}: ${AT_ONCE} clients of each of ${Object.keys(JOURNEYS).join(', ')} …`);
        for (const { name, edge } of walking) {
          const taken = await ofEach(pid, JOURNEYS[name], Array.from({ length: AT_ONCE }, () => ({ edge })));
          for (const [step, milliseconds] of Object.entries(taken)) add(journeys[name].milliseconds, step, milliseconds / groups);
        }
      }
      const { edge } = sides.find(({ name }) => name === 'storage');
      return { count: groups * AT_ONCE, journeys, storage: await ofStorage(pid, edge, groups * AT_ONCE) };
    }),
  tables: ({ count, journeys, storage }) => [
    {
      title: `Milliseconds of workerd’s processor time for one request, mean of ${count}, each over a connection of its own`,
      head: ['', ...Object.values(journeys).map(({ title }) => title)],
      rows: [...new Set([...ASKING, ...UNASKED].map(({ title }) => title))]
        .filter((step) => Object.values(journeys).some(({ milliseconds }) => step in milliseconds))
        .map((step) => [step, ...Object.values(journeys).map(({ milliseconds }) => (step in milliseconds ? fixed(milliseconds[step], 2) : '–'))]),
    },
    {
      title: 'Of that the local storage, which is in the same process: a Worker that does one thing with it',
      head: ['', 'ms'],
      rows: Object.entries(storage).map(([kind, milliseconds]) => [kind, fixed(milliseconds, 2)]),
    },
  ],
  budgets: ({ journeys: { gatelodge: { milliseconds } } }) => {
    const [step, most] = Object.entries(milliseconds).reduce((one, other) => (other[1] > one[1] ? other : one));
    return [{ what: `CPU of a request, the dearest kind: ${step}`, bound: 3, unit: 'ms', measured: most }];
  },
};

function add(sums, key, number) {
  sums[key] = (sums[key] ?? 0) + number;
}

/** Each by itself, with its address and what is in the query. */
const STORAGE = {
  nothing: () => '/nothing',
  'a read of KV': () => '/kv-read',
  'a write of KV': (number) => `/kv-write?${number}`,
  'a new object that loads and saves': (number) => `/object?${number}`,
  'an object that is there': () => '/object',
};

async function ofStorage(pid, edge, count) {
  const milliseconds = {};
  for (const [kind, path] of Object.entries(STORAGE)) {
    const { cpu } = await during(pid, async () => {
      for (let number = 0; number < count; number += 1) await edge.get(path(number));
    });
    milliseconds[kind] = (cpu * 1000) / count;
  }
  return milliseconds;
}

/** All visitors do a step before the first of them does the next. The clock stays, so a step that needs another is left out. */
async function ofEach(pid, steps, visits) {
  const milliseconds = {};
  for (const step of steps.filter(({ clock }) => clock === undefined)) {
    const { cpu } = await during(pid, async () => {
      for (const visit of visits) await perform(step, visit);
    });
    milliseconds[step.title] = (cpu * 1000) / visits.length;
  }
  return milliseconds;
}
