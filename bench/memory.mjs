// What open streams cost on which little comes: memory, and processor time for each event and each heartbeat.
import { setTimeout as pause } from 'node:timers/promises';
import { load } from './load.mjs';
import { beatsOf, closeStreams, openStreams } from './many_streams.mjs';
import { fixed } from './numbers.mjs';
import { callOf } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { named, withSides } from './sides.mjs';
import { HOUR, LOOK_SECONDS } from './silence.mjs';
import { median } from './statistics.mjs';
import { during, memoryOf } from './workerd_process.mjs';

const STREAMS = 500;
/** Of silence, and then of an event a second on each stream. */
const SECONDS = 10;
const SHORTEST = 2;
const SIDES = named(['bare', 'provider', 'native', 'gatelodge', 'beating']);
const WATCHED = named(['native', 'watching']);
const GRANTS = 50;

export const memory = {
  async run({ rounds, scale }) {
    const count = Math.ceil(STREAMS * scale);
    const seconds = Math.max(SHORTEST, SECONDS * scale);
    const plan = { rounds: Math.ceil(rounds / 2) };
    return {
      count,
      seconds,
      streams: await interleave({
        ...plan,
        title: `${count} streams, in a workerd of their own each time: memory is never given back`,
        sides: SIDES,
        measure: ({ name }) => withSides([name], (world) => ofStreams(world, count, seconds)),
      }),
      watch: await interleave({
        ...plan,
        title: `the watch over the streams of ${GRANTS} grants`,
        sides: WATCHED,
        measure: ({ name }) => withSides([name], (world) => ofWatch(world, scale)),
      }),
    };
  },
  tables({ count, seconds, streams, watch }) {
    const cost = costs(streams, watch);
    return [
      {
        title: `${count} streams`,
        head: ['', 'KiB for each', 'to bare', 'µs of CPU for an event', 'added to bare', `CPU s in ${seconds} s of silence`, 'heartbeats'],
        rows: Object.values(streams).map(({ title, rounds, median: { kib, event, silent, beats }, ratio }) => [
          title,
          fixed(kib, 0),
          `${fixed(ratio.kib, 2)} ×`,
          fixed(event, 0),
          fixed(median(rounds.map((round, index) => round.event - streams.bare.rounds[index].event)), 0),
          fixed(silent, 2),
          fixed(beats, 0),
        ]),
      },
      {
        title: 'An hour of one silent stream, as Gatelodge comes',
        head: ['', 'µs of CPU', 'in an hour', 'ms of CPU'],
        rows: [
          ['a heartbeat', fixed(cost.beat, 0), HOUR.beats, fixed((cost.beat * HOUR.beats) / 1000, 1)],
          ['a look at the grant', fixed(cost.look, 0), HOUR.looks, fixed((cost.look * HOUR.looks) / 1000, 1)],
          ['all', '', '', fixed(cost.hour, 1)],
        ],
      },
    ];
  },
  budgets({ count, streams, watch }) {
    const { beat, hour } = costs(streams, watch);
    return [
      { what: `CPU of a heartbeat, ${count} streams`, bound: 20, unit: 'µs', measured: beat },
      { what: `CPU of an event, ${count} streams`, bound: 10, unit: 'µs', measured: streams.gatelodge.median.event },
      { what: 'CPU of an hour of one silent stream', bound: 5, unit: 'ms', measured: hour },
      { what: 'memory of an idle stream, heartbeats off', bound: 1.5, unit: '× bare', measured: streams.native.ratio.kib },
      { what: 'memory of an idle stream, heartbeats on', bound: 3, unit: '× bare', measured: streams.gatelodge.ratio.kib },
    ];
  },
};

/** In microseconds, and an hour in milliseconds. */
function costs({ native, beating }, { native: unwatched, watching }) {
  const beat = median(beating.rounds.map(({ silent, beats }, index) => ((silent - native.rounds[index].silent) * 1e6) / beats));
  const look = median(watching.rounds.map(({ silent, looks }, index) => ((silent - unwatched.rounds[index].silent) * 1e6) / looks));
  return { beat, look, hour: (beat * HOUR.beats + look * HOUR.looks) / 1000 };
}

async function ofStreams({ sides: [side], home, pid }, count, seconds) {
  // What is compiled and kept from then on is no stream's.
  await load(callOf(side), { amount: 500, connections: 16 });
  await closeStreams(await openStreams([side], Math.ceil(count / 10)));
  await pause(1000);
  const before = memoryOf(pid);
  const streams = await openStreams([side], count);
  await pause(3000);
  const kib = (memoryOf(pid) - before) / 1024 / count;
  const earlier = beatsOf(streams);
  const { cpu: silent } = await during(pid, () => pause(seconds * 1000));
  const beats = beatsOf(streams) - earlier;
  const { cpu, answer: events } = await during(pid, () => home.writeInTurn(seconds));
  await closeStreams(streams);
  return { kib, silent, beats, event: ((cpu - silent) * 1e6) / events };
}

/** Each stream is of a grant of its own, as what is known of a grant serves all of its streams. */
async function ofWatch({ sides: [side], pid }, scale) {
  const grants = Array.from({ length: Math.ceil(GRANTS * scale) }, async () => ({ ...side, token: (await side.signIn(side.edge)).tokens.access_token }));
  const streams = await openStreams(await Promise.all(grants), grants.length);
  const seconds = LOOK_SECONDS * Math.ceil(3 * scale);
  const { cpu: silent } = await during(pid, () => pause(seconds * 1000));
  await closeStreams(streams);
  return { silent, looks: (grants.length * seconds) / LOOK_SECONDS };
}
