// What stands in the way of a budget that is not met, with what was measured of that.
import { fixed } from './numbers.mjs';
import { HOUR } from './silence.mjs';

/** By what the names of the budgets begin with. */
const EXPLANATIONS = {
  'time of a call, assertion off, one after the other': ({ calls }) =>
    `The platform's time for the steps themselves. A few lines of JavaScript that choose the fields of both heads, take the message in, end both waits and notice a client that leaves, and check nothing, take ${times(calls, 'alone')} (\`bench/workers/same_steps.mjs\`). What is left is WebAssembly, a tenth of workerd's time for a call and spread over parsing, opening the token and memory, and the way into it and out. Where the time goes was looked at with \`perf\` and the inspector's profiler; what could be saved without giving up a promise was saved ([21](decisions/0021-few-crossings.md)). The bound for an unguarded pass-through in Rust had been measured behind Miniflare's own Worker, whose time is in both and brings ratios closer to 1`,
  'time of a call, assertion on, one after the other': ({ calls }) => `The same, and a signature with ES256: ${more(calls, 'alone')} ms`,
  'time of a call, assertion off, 16 at a time': ({ calls }) => `The same. The few lines of JavaScript take ${times(calls, 'together')} here`,
  'time of a call, assertion on, 16 at a time': ({ calls }) => `The same, and a signature for each of the sixteen: ${more(calls, 'together')} ms`,
  'CPU of a heartbeat': ({ memory }) =>
    `A bare pass-through takes ${fixed(event(memory, 'bare'), 0)} µs for an event that comes alone: waking up costs most`,
  'CPU of an event': ({ memory }) =>
    `A bare pass-through takes ${fixed(event(memory, 'bare'), 0)} µs by itself, and Gatelodge ${fixed(event(memory, 'native'), 0)} with heartbeats off. For heartbeats it must see where an event ends; seven ways to see it were measured ([16](decisions/0016-heartbeats-by-callbacks.md))`,
  'CPU of an hour of one silent stream': ({ memory }) =>
    `It is ${HOUR.beats} heartbeats and ${HOUR.looks} looks at the grant. As many events as heartbeats, sent by home itself, take ${fixed((HOUR.beats * event(memory, 'bare')) / 1000, 1)} ms through a bare pass-through. What is measured is the time of the whole process, its system calls included; the plan's limit counts what the isolate computes`,
  'memory of an idle stream, heartbeats off': () =>
    `A reader who is revoked must be put out, so the stream leads through a pipe that can be cut, and a pipe is what takes the memory. With the platform's own stream the watch would end with the handler, or thirty seconds later ([12](decisions/0012-open-streams-are-watched.md))`,
  'CPU of a request, the dearest kind': ({ cpu }) => {
    const { storage } = cpu.measured;
    return `Local storage is SQLite in the same process, and its time is in the figure: a write of KV by itself takes ${fixed(storage['a write of KV'], 2)} ms there, a new object ${fixed(storage['a new object that loads and saves'], 2)}; letting a client in takes two writes and a new object with an alarm, a login a read and an object. At Cloudflare that is no processor time of the Worker`;
  },
};

/** The explanation of a budget, with figures from the sections that were measured. */
export function explain(what, sections) {
  const known = Object.entries(EXPLANATIONS).find(([beginning]) => what.startsWith(beginning));
  return known ? known[1](sections) : NOT_KNOWN;
}

/** What is said where nobody has looked yet. */
export const NOT_KNOWN = 'not looked into';

const times = ({ measured }, manner) => `${fixed(measured[manner].sameSteps.ratio.mean, 2)} ×`;
const more = ({ measured }, manner) => fixed(measured[manner].gatelodge.median.mean - measured[manner].unsigned.median.mean, 2);
const event = ({ measured }, side) => measured.streams[side].median.event;
