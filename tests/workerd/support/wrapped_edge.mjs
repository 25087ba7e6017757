// An edge whose operations on its bindings are counted, and go wrong on order; its clock can be set.

import { fileURLToPath } from 'node:url';

import { startEdge } from './edge.mjs';
import { send } from './send.mjs';

const MODULES = ['wrapped_worker.mjs', 'wrapped_bindings.mjs', 'wrapped_past.mjs', 'wrapped_clock.mjs'];

export async function startWrappedEdge(vars = {}, options = {}) {
  const wrapping = MODULES.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const edge = await startEdge(vars, { ...options, wrapping });
  const control = (await edge.miniflare.unsafeGetDirectURL('gatelodge', 'Control')).origin;

  /** What was done since this was last asked for, oldest first: `at` a binding or in a Ledger's `storage`, with which `method`. */
  edge.operations = async () => (await send(`${control}/operations`)).json();

  /** Sets its clock so many seconds ahead of the true time, or back when they are less than none. */
  edge.setClock = (seconds) => send(`${control}/clock?ahead=${seconds}`);

  /** All that is stored, with its content. */
  edge.content = async () => {
    const register = await edge.miniflare.getKVNamespace('REGISTER');
    const { keys } = await register.list();
    const rows = keys.map(async ({ name }) => [name, await register.getWithMetadata(name)]);
    const ids = await edge.miniflare.listDurableObjectIds('LEDGER');
    const ledgers = ids.map(async (id) => [id, (await send(`${control}/${id}`)).json()]);
    return {
      register: Object.fromEntries(await Promise.all(rows)),
      ledgers: Object.fromEntries(await Promise.all(ledgers)),
    };
  };
  return edge;
}

/** The headers of a request in which operations go wrong; `wrapped_bindings.mjs` says how an order is written. */
export function ordering(...orders) {
  return { 'test-orders': JSON.stringify(orders) };
}
