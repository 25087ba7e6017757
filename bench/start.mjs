// How large each Worker is, and how long it takes until it answers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../scripts/process.mjs';
import { inWorkerd } from '../scripts/worker.mjs';
import { bundled } from './compared_workers.mjs';
import { startHome } from './home_process.mjs';
import { fixed } from './numbers.mjs';
import { interleave } from './rounds.mjs';
import { named, prepare } from './sides.mjs';
import { median } from './statistics.mjs';

const SIZED = named(['bare', 'provider', 'gatelodge']);
/** Each beside a bare one with the same bindings, as the local storage takes longer to start than any of them. */
const STARTED = { bare: 'bare', bareWithKv: 'bare', provider: 'bareWithKv', bareWithLedger: 'bare', gatelodge: 'bareWithLedger' };

export const start = {
  async run({ rounds }) {
    return {
      sizes: Object.fromEntries(await Promise.all(SIZED.map(async ({ name, title }) => [name, { title, ...sizeOf(await FILES[name]()) }]))),
      starts: await interleave({ title: 'starts', sides: named(Object.keys(STARTED)), rounds, measure: ({ name }) => started(name) }),
    };
  },
  tables: ({ sizes, starts }) => [
    {
      title: 'Size of the Worker in KiB; gzip is of level 9, file by file',
      head: ['', 'JavaScript', 'WASM', 'all', 'gzip'],
      rows: Object.values(sizes).map(({ title, script, wasm, gzip }) => [title, ...[script, wasm, script + wasm, gzip].map((bytes) => fixed(bytes / 1024, 1))]),
    },
    {
      title: 'Start-up in milliseconds: workerd with nothing but this Worker',
      head: ['', 'to the first answer', 'more than bare with the same bindings', 'first request', 'second request'],
      rows: Object.entries(starts).map(([name, { title, median: { ready, first, second } }]) => [
        title,
        fixed(ready, 0),
        STARTED[name] === 'bare' ? '–' : fixed(later(starts, name), 0),
        fixed(first, 1),
        fixed(second, 1),
      ]),
    },
  ],
  budgets: ({ sizes, starts }) => [
    { what: 'the WASM, gzip', bound: 400, unit: 'KB', measured: sizes.gatelodge.wasmGzip / 1000 },
    { what: 'start-up, more than bare with the same bindings', bound: 1000, unit: 'ms', measured: later(starts, 'gatelodge') },
  ],
};

function later(starts, name) {
  const bare = starts[STARTED[name]].rounds;
  return median(starts[name].rounds.map(({ ready }, index) => ready - bare[index].ready));
}

const FILES = {
  bare: async () => ({ script: readFileSync(join(ROOT, 'bench', 'workers', 'bare.mjs')) }),
  provider: async () => ({ script: Buffer.from(await bundled('provider.mjs')) }),
  gatelodge: async () => ({ script: readFileSync(join(ROOT, 'build', 'index.js')), wasm: readFileSync(join(ROOT, 'build', 'index_bg.wasm')) }),
};

function sizeOf({ script, wasm = Buffer.alloc(0) }) {
  const gzip = (bytes) => (bytes.length > 0 ? gzipSync(bytes, { level: 9 }).length : 0);
  return { script: script.length, wasm: wasm.length, gzip: gzip(script) + gzip(wasm), wasmGzip: gzip(wasm) };
}

/** Milliseconds until a workerd with this Worker has answered once, what of that was the request, and the next one. */
async function started(name) {
  const home = await startHome();
  const { worker, edge } = await prepare(name, home);
  const ask = () => timeOf(() => edge.post('/mcp', { json: {} }));
  const begun = performance.now();
  const miniflare = inWorkerd([worker]);
  try {
    await miniflare.ready;
    const first = await ask();
    const ready = performance.now() - begun;
    return { ready, first, second: await ask() };
  } finally {
    await miniflare.dispose();
    home.stop();
  }
}

async function timeOf(act) {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}
