// An authenticated call of an MCP client that home answers with JSON.
import { load } from './load.mjs';
import { fixed } from './numbers.mjs';
import { callOf } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { withSides } from './sides.mjs';
import { withCpu } from './workerd_process.mjs';

const SIDES = ['bare', 'sameSteps', 'provider', 'unsigned', 'gatelodge'];
const MANNERS = [
  { name: 'alone', title: 'one after the other', connections: 1 },
  { name: 'together', title: '16 at a time', connections: 16 },
  { name: 'session', title: 'one after the other, in a session that home has named', connections: 1, prepare: beginSession },
];

export const calls = {
  run: ({ rounds, seconds }) =>
    withSides(SIDES, async ({ sides, directly, pid }) => {
      const measured = {};
      for (const { name, title, connections, prepare } of MANNERS) {
        const compared = await Promise.all([directly, ...sides].map(async (side) => ({ ...side, call: callOf(side, await prepare?.(side)) })));
        measured[name] = await interleave({
          title,
          sides: compared,
          rounds,
          warmUp: ({ call }) => load(call, { connections: 16, seconds: Math.min(2, seconds) }),
          measure: ({ call }) => withCpu(pid, () => load(call, { connections, seconds })),
        });
      }
      return measured;
    }),
  tables: (measured) =>
    MANNERS.map(({ name, title }) => ({
      title: `Calls, ${title}`,
      head: ['', 'per second', 'ms for one', 'p50', 'p99', 'CPU ms', 'time to bare', 'p50 to bare'],
      rows: Object.values(measured[name]).map(({ title: side, median: { perSecond, mean, p50, p99, cpu }, ratio }) => [
        side,
        fixed(perSecond, 0),
        ...[mean, p50, p99, cpu].map((milliseconds) => fixed(milliseconds, 3)),
        `${fixed(ratio.mean, 2)} ×`,
        `${fixed(ratio.p50, 2)} ×`,
      ]),
    })),
  budgets: (measured) =>
    ['alone', 'together'].flatMap((manner) => {
      const { title } = MANNERS.find(({ name }) => name === manner);
      const { unsigned, gatelodge } = measured[manner];
      return [
        { what: `time of a call, assertion off, ${title}`, bound: 1.1, unit: '× bare', measured: unsigned.ratio.mean },
        { what: `time of a call, assertion on, ${title}`, bound: 1.25, unit: '× bare', measured: gatelodge.ratio.mean },
      ];
    }),
};

/** What a call of the session has in its head. */
async function beginSession(side) {
  const { url, ...request } = callOf(side, { method: 'initialize', params: {} });
  const response = await fetch(url, request);
  await response.arrayBuffer();
  return { headers: { 'mcp-session-id': response.headers.get('mcp-session-id') } };
}
