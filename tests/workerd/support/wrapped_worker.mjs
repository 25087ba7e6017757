// The main module of the Worker in tests of what it does to its bindings: the built Worker, and its Ledgers, with wrapped ones.

import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';

import Built, { Ledger as BuiltLedger } from '../../../build/index.js';
import { operations, Orders, wrapEnvironment, wrapState } from './wrapped_bindings.mjs';
import { setClock } from './wrapped_clock.mjs';

/** Where a Ledger is asked for all that it has stored. */
const CONTENT = 'https://content/';

export default class extends WorkerEntrypoint {
  fetch(request) {
    const env = wrapEnvironment(this.env, new Orders(request.headers));
    return new Built(this.ctx, env).fetch(request);
  }
}

export class Ledger extends DurableObject {
  #built;

  constructor(state, env) {
    super(state, env);
    this.#built = new BuiltLedger(wrapState(state), wrapEnvironment(env));
  }

  async fetch(request) {
    if (request.url !== CONTENT) return this.#built.fetch(request);
    const { storage } = this.ctx;
    return Response.json({ entries: Object.fromEntries(await storage.list()), alarm: await storage.getAlarm() });
  }

  alarm() {
    return this.#built.alarm();
  }
}

/** At an address of its own, so that nothing that is asked here can be meant for the Worker. */
export class Control extends WorkerEntrypoint {
  fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/operations') return Response.json(operations.splice(0));
    if (pathname === '/clock') {
      setClock(Number(searchParams.get('ahead')));
      return new Response();
    }
    const id = this.env.LEDGER.idFromString(pathname.slice(1));
    return this.env.LEDGER.get(id).fetch(CONTENT);
  }
}
