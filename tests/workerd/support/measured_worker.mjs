// The main module of the Worker in tests of what it keeps in memory: the built Worker, and what it has taken.

import { memory } from './measured_memory.mjs';

import { WorkerEntrypoint } from 'cloudflare:workers';

import Built from '../../../build/index.js';

export { Ledger } from '../../../build/index.js';

export default class extends WorkerEntrypoint {
  fetch(request) {
    return new Built(this.ctx, this.env).fetch(request);
  }
}

/** At an address of its own, so that nothing that is asked here can be meant for the Worker. */
export class Control extends WorkerEntrypoint {
  fetch() {
    return Response.json(memory());
  }
}
