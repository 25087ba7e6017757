// An authenticated call of an MCP client that home answers with JSON.
import { interleave } from './rounds.mjs';
import { load } from './load.mjs';
import { BARE, SIDES, startSides } from './sides.mjs';
import { medians, ratio } from './statistics.mjs';
import { cpuSeconds } from './workerd_process.mjs';

const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'how are you?' } } });
const HEADERS = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
  'mcp-protocol-version': '2025-11-25',
};

export const calls = {
  name: 'calls',
  title: 'authenticated calls of /mcp',
  async run({ rounds, seconds }) {
    const { sides, home, pid, stop } = await startSides();
    try {
      const compared = [{ name: 'directly', title: 'home itself, no Worker', url: home.url }, ...sides];
      const at = {};
      for (const connections of [1, 16]) {
        at[connections] = await interleave({
          title: `${connections} at a time`,
          sides: compared,
          rounds,
          warmUp: (side) => load(callOf(side), { connections: 16, seconds: Math.min(2, seconds) }),
          measure: (side) => withCpu(pid, () => load(callOf(side), { connections, seconds })),
        });
      }
      return at;
    } finally {
      await stop();
    }
  },
  tables: (at) => Object.entries(at).map(([connections, sides]) => tableOf(connections, sides)),
};

function tableOf(connections, sides) {
  const rows = Object.entries(sides).map(([name, rounds]) => {
    const { perSecond, mean, p50, p99, cpu } = medians(rounds);
    const times = [mean, p50, p99, cpu ?? NaN].map((number) => number.toFixed(3));
    return [SIDES[name]?.title ?? 'home itself, no Worker', perSecond.toFixed(0), ...times, ratio(rounds, sides[BARE], 'mean').toFixed(2)];
  });
  return { title: `Calls, ${connections} at a time`, head: ['', 'per second', 'ms for one', 'p50', 'p99', 'CPU ms', 'to bare'], rows };
}

export function callOf({ url, edge, token }) {
  return { url: url ?? edge.mcp, method: 'POST', headers: { ...HEADERS, ...(token && { authorization: `Bearer ${token}` }) }, body: BODY };
}

/** Adds workerd's processor time for one request, in milliseconds. */
export async function withCpu(pid, measure) {
  const before = pid && cpuSeconds(pid);
  const measured = await measure();
  return pid ? { ...measured, cpu: ((cpuSeconds(pid) - before) * 1000) / measured.count } : measured;
}
