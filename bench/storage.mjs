// How many operations on storage each kind of request takes: the free plan has 1,000 writes of KV a day.
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../scripts/port.mjs';
import { inWorkerd } from '../scripts/worker.mjs';
import { Edge } from '../tests/workerd/support/edge.mjs';
import { startWrappedEdge } from '../tests/workerd/support/wrapped_edge.mjs';
import { send } from '../tests/workerd/support/send.mjs';
import { provider } from './compared_workers.mjs';
import { startHome } from './home_process.mjs';
import { ASKING, UNASKED, perform } from './journey.mjs';

/** What is counted, and by which operations. */
const COUNTED = {
  'KV reads': ({ at, method }) => isKv(at) && method !== 'put' && method !== 'delete',
  'KV writes': ({ at, method }) => isKv(at) && (method === 'put' || method === 'delete'),
  'Ledger calls': ({ at }) => at === 'LEDGER',
  'rate limits': ({ at }) => at.endsWith('_LIMIT'),
};
const isKv = (at) => at === 'REGISTER' || at === 'OAUTH_KV';

const FREE = ['challenge', 'metadata of the resource', 'metadata of the server', 'junk', 'register', 'forged token', 'sign-in page', 'warm call'];
const ONE_LEDGER_CALL = ['login POST', 'first call', 'call, status of the grant too old', 'refresh'];
const NO_KV = ['first call', 'call, status of the grant too old'];

export const storage = {
  async run() {
    const home = await startHome();
    try {
      return { gatelodge: await ofGatelodge(home), provider: await ofProvider(home) };
    } finally {
      home.stop();
    }
  },
  tables: (counts) =>
    Object.entries({ gatelodge: 'Gatelodge', provider: 'workers-oauth-provider' }).map(([side, title]) => ({
      title: `Operations on storage: ${title}`,
      head: ['', ...Object.keys(COUNTED)],
      rows: Object.entries(counts[side]).map(([step, of]) => [step, ...Object.keys(COUNTED).map((kind) => of[kind])]),
    })),
  budgets: ({ gatelodge }) => [
    ...FREE.map((step) => ({ what: `operations of storage, ${step}`, bound: 0, unit: '', measured: all(gatelodge[step]) })),
    ...ONE_LEDGER_CALL.map((step) => ({ what: `Ledger calls, ${step}`, bound: 1, unit: '', measured: gatelodge[step]['Ledger calls'] })),
    ...NO_KV.map((step) => ({ what: `KV operations, ${step}`, bound: 0, unit: '', measured: gatelodge[step]['KV reads'] + gatelodge[step]['KV writes'] })),
    { what: 'KV writes, refresh', bound: 0, unit: '', measured: gatelodge.refresh['KV writes'] },
  ],
};

const all = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

async function ofGatelodge(home) {
  const edge = await startWrappedEdge({ ORIGIN: home.url });
  try {
    return await counted(ASKING, edge, edge);
  } finally {
    await edge.stop();
  }
}

async function ofProvider(home) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const worker = await provider({ ORIGIN: home.url, ISSUER: url }, 'counted_provider.mjs');
  const miniflare = inWorkerd([{ ...worker, name: 'counted', unsafeDirectSockets: [{ host: '127.0.0.1', port }, { entrypoint: 'Control' }] }]);
  try {
    const control = await miniflare.unsafeGetDirectURL('counted', 'Control');
    const operations = async () => (await send(control.href)).json();
    return await counted(UNASKED, new Edge({ url }), { operations });
  } finally {
    await miniflare.dispose();
  }
}

async function counted(steps, edge, { operations, setClock }) {
  const visit = { edge };
  const counts = {};
  await operations();
  for (const step of steps) {
    if (step.clock) await setClock?.(step.clock);
    await perform(step, visit);
    // Some are done after the answer.
    await pause(100);
    const done = await operations();
    counts[step.title] = Object.fromEntries(Object.entries(COUNTED).map(([kind, is]) => [kind, done.filter(is).length]));
  }
  return counts;
}
