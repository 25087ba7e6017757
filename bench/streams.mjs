// By how much an event comes later than home has sent it.
import { setTimeout as pause } from 'node:timers/promises';
import { EventStream } from './event_stream.mjs';
import { fixed } from './numbers.mjs';
import { listeningOf, streamOf } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { withSides } from './sides.mjs';
import { median, percentile } from './statistics.mjs';
import { withCpu } from './workerd_process.mjs';

const SIDES = ['bare', 'provider', 'native', 'gatelodge'];
/** Between two events at a steady pace, in milliseconds. */
const PACE = 5;

const WAYS = [
  { name: 'first', title: 'the first event of a stream that a call has opened', count: 50, measure: firstEvents },
  { name: 'pingpong', title: 'events that are sent once the one before is there', count: 1000, measure: inAnswer },
  { name: 'steady', title: `an event every ${PACE} ms`, count: 1000, measure: atAPace },
];

export const streams = {
  run: ({ rounds, scale }) =>
    withSides(SIDES, async ({ sides, directly, home, pid }) => {
      const measured = {};
      for (const { name, title, count, measure } of WAYS) {
        const sent = Math.ceil(count * scale);
        measured[name] = await interleave({
          title: `${sent} events: ${title}`,
          sides: [directly, ...sides],
          rounds,
          warmUp: (side) => measure(side, Math.ceil(sent / 5), home),
          measure: (side) => withCpu(pid, async () => ({ sent, ...summed(await measure(side, sent, home)) })),
        });
      }
      return measured;
    }),
  tables: (measured) =>
    WAYS.map(({ name, title }) => ({
      title: `Milliseconds from home’s writing to the client’s reading: ${title}`,
      head: ['', 'mean', 'p50', 'p99', 'mean, added to bare', 'CPU ms'],
      rows: Object.values(measured[name]).map(({ title: side, rounds, median: { mean, p50, p99, cpu } }) => [
        side,
        ...[mean, p50, p99].map((milliseconds) => fixed(milliseconds, 3)),
        fixed(added(rounds, measured[name].bare.rounds, 'mean'), 3),
        fixed(cpu, 3),
      ]),
    })),
  budgets: ({ first, pingpong }) => [
    {
      what: 'first event of a stream, p99, later than without a Worker',
      bound: 5,
      unit: 'ms',
      measured: added(first.gatelodge.rounds, first.directly.rounds, 'p99'),
    },
    {
      what: 'events that came, each sent once the one before was there',
      atLeast: pingpong.gatelodge.median.sent,
      unit: '',
      measured: Math.min(...pingpong.gatelodge.rounds.map(({ count }) => count)),
    },
  ],
};

function added(rounds, reference, key) {
  return median(rounds.map((round, index) => round[key] - reference[index][key]));
}

function summed(delays) {
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
  return { count: delays.length, mean, p50: percentile(delays, 50), p99: percentile(delays, 99) };
}

async function firstEvents(side, count) {
  const delays = [];
  for (let opened = 0; opened < count; opened += 1) {
    const stream = await EventStream.open(streamOf(side));
    delays.push(...(await stream.next()));
    // Its end is not to come together with the next one's beginning.
    await stream.close();
    await pause(10);
  }
  return delays;
}

async function inAnswer(side, count, home) {
  const stream = await EventStream.open(listeningOf(side));
  await stream.next();
  const delays = [];
  for (let sent = 0; sent < count; sent += 1) {
    home.writeEvent();
    delays.push(...(await stream.next()));
  }
  await stream.close();
  return delays;
}

async function atAPace(side, count) {
  const stream = await EventStream.open(streamOf(side, { events: count, every: PACE }));
  const [, ...delays] = await stream.next(count + 1);
  await stream.ended;
  return delays;
}
