// The other provider, with its storage wrapped as the tests wrap Gatelodge's: each operation is noted.
import { WorkerEntrypoint } from 'cloudflare:workers';
import { operations, wrapEnvironment } from '../../tests/workerd/support/wrapped_bindings.mjs';
import provider from './provider.mjs';

export default class extends WorkerEntrypoint {
  fetch(request) {
    return provider.fetch(request, wrapEnvironment(this.env), this.ctx);
  }
}

/** At an address of its own, as it is asked by the benchmark alone. */
export class Control extends WorkerEntrypoint {
  fetch() {
    return Response.json(operations.splice(0));
  }
}
