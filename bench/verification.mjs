// What it takes to verify a token: a request that is refused by the Worker itself right after that, less the same request without one.
import { load } from './load.mjs';
import { fixed } from './numbers.mjs';
import { bearer } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { withSides } from './sides.mjs';
import { median } from './statistics.mjs';
import { withCpu } from './workerd_process.mjs';

/** None goes home. PUT is no method of MCP: with a good token that is what is wrong with it, without one that there is none. */
const ANSWERS = [
  { answer: 'with a token', of: (side) => ({ url: side.edge.mcp, method: 'PUT', headers: bearer(side), status: 405 }) },
  { answer: 'without', of: ({ edge }) => ({ url: edge.mcp, method: 'PUT', status: 401 }) },
  { answer: 'nothing there', of: ({ edge }) => ({ url: `${edge.url}/nothing`, method: 'PUT', status: 404 }) },
];

export const verification = {
  run: ({ rounds, seconds }) =>
    withSides(['provider', 'unsigned'], async ({ sides, pid }) => {
      const asked = sides.flatMap((side) =>
        ANSWERS.map(({ answer, of }) => ({ name: `${side.name} ${answer}`, title: `${side.title}: ${answer}`, request: of(side) })),
      );
      const measured = await interleave({
        title: 'one after the other',
        sides: asked,
        rounds,
        warmUp: ({ request }) => load(request, { connections: 16, seconds: Math.min(2, seconds) }),
        measure: ({ request }) => withCpu(pid, () => load(request, { seconds })),
      });
      return { measured, verification: Object.fromEntries(sides.map(({ name, title }) => [name, { title, ...difference(measured, name) }])) };
    }),
  tables: ({ measured, verification }) => [
    {
      title: 'PUT to /mcp, which nobody forwards: with a good token 405, without one 401; and to where nothing is, 404',
      head: ['', 'ms for one', 'CPU ms'],
      rows: [
        ...Object.values(measured).map(({ title, median: { mean, cpu } }) => [title, fixed(mean, 3), fixed(cpu, 3)]),
        ...Object.values(verification).map(({ title, mean, cpu }) => [`${title}: verification, the first less the second`, fixed(mean, 3), fixed(cpu, 3)]),
      ],
    },
  ],
};

/** Taken in each round. */
function difference(measured, side) {
  const [verified, plain] = ANSWERS.slice(0, 2).map(({ answer }) => measured[`${side} ${answer}`].rounds);
  const less = (key) => median(verified.map((round, index) => round[key] - plain[index][key]));
  return { mean: less('mean'), cpu: less('cpu') };
}
