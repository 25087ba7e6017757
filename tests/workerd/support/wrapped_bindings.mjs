// In workerd, between the built Worker and the platform: every operation on a binding is noted, and goes wrong if the request that
// it is done for has ordered so.

import { asOf, isTooSoon, writing } from './wrapped_past.mjs';

/** The header of a request that orders what goes wrong in it: JSON, a list of orders. */
const HEADER = 'test-orders';

/** Each operation since they were last asked for, oldest first. */
export const operations = [];

/**
 * What one request has ordered. An order is `{ at, how }`: a binding, and one of those below; `method` narrows it, `skip` lets the first
 * operations pass, `times` ends it, and `ms` is by how much one is slow, late or stale.
 */
export class Orders {
  #orders;

  constructor(headers) {
    this.#orders = JSON.parse(headers?.get(HEADER) ?? '[]').map((order) => ({ skip: 0, times: Infinity, ...order }));
  }

  /** Notes an operation, and does it as ordered. */
  async perform(operation, act) {
    const order = this.#next(operation);
    operations.push({ ...operation, how: order?.how });
    switch (order?.how) {
      case undefined:
        return act();
      case 'throw':
        throw new Error('internal error; reference = ordered');
      case 'throw after':
        await act();
        throw new Error('Network connection lost.');
      case 'hang':
        await scheduler.wait(600_000);
        throw new Error('nobody has waited so long');
      case 'slow':
        await scheduler.wait(order.ms);
        return act();
      case 'late': {
        const answer = await act();
        await scheduler.wait(order.ms);
        return answer;
      }
      case '429':
        throw new Error(`KV ${operation.method.toUpperCase()} failed: 429 Too Many Requests`);
      case 'strict':
        if (isTooSoon(operation)) throw new Error('KV PUT failed: 429 Too Many Requests');
        return act();
      case 'stale':
        return asOf(Date.now() - order.ms, operation, await act());
      case 'retryable':
        throw Object.assign(new Error('Durable Object storage operation was interrupted.'), { retryable: true });
      case 'retryable after':
        await act();
        throw Object.assign(new Error('Network connection lost.'), { retryable: true });
      case 'overloaded':
        throw Object.assign(new Error('Durable Object is overloaded.'), { overloaded: true, retryable: true });
      default:
        throw new Error(`no such order: ${order.how}`);
    }
  }

  #next({ at, method }) {
    const fits = (order) => order.at === at && (order.method ?? method) === method;
    const order = this.#orders.find((order) => fits(order) && order.times > 0);
    if (!order) return undefined;
    if (order.skip > 0) {
      order.skip -= 1;
      return undefined;
    }
    order.times -= 1;
    return order;
  }
}

/** The environment of one request, or of a Ledger, which orders nothing. */
export function wrapEnvironment(env, orders = new Orders()) {
  return Object.fromEntries(Object.entries(env).map(([name, binding]) => [name, wrap(name, binding, orders)]));
}

function wrap(name, binding, orders) {
  switch (binding?.constructor?.name) {
    case 'KvNamespace':
      return wrapRegister(name, binding, orders);
    case 'DurableObjectNamespace':
      return wrapLedgers(name, binding, orders);
    case 'Ratelimit':
      return withMethods(binding, (method, act) => (...given) => orders.perform({ at: name, method }, () => act(...given)));
    default:
      return binding;
  }
}

function wrapRegister(at, register, orders) {
  return withMethods(register, (method, act) => async (...given) => {
    const key = method === 'list' ? given[0]?.prefix : given[0];
    const operation = { at, method, key };
    const done = async () => {
      if (method === 'put' || method === 'delete') await writing(register, key);
      return act(...given);
    };
    return orders.perform(operation, done);
  });
}

function wrapLedgers(at, ledgers, orders) {
  return withMethods(ledgers, (method, find) => (...given) => {
    const found = find(...given);
    if (method !== 'get' && method !== 'getByName') return found;
    // Only what kind of Ledger it is: a name is whose.
    const [kind] = (found.name ?? '').split(':');
    return withMethods(found, (call, act) => (...sent) => orders.perform({ at, method: call, kind }, () => act(...sent)));
  });
}

/** What a Ledger does to its own storage is noted, too. */
export function wrapState(state) {
  const storage = withMethods(state.storage, (method, act) => (...given) => {
    operations.push({ at: 'storage', method });
    return act(...given);
  });
  return new Proxy(state, {
    get: (target, name) => (name === 'storage' ? storage : bound(target, Reflect.get(target, name))),
  });
}

/** The same object with other methods. `constructor` is handed through: by its name a binding is told from another. */
function withMethods(object, make) {
  return new Proxy(object, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === 'constructor' || typeof value !== 'function') return value;
      return make(name, value.bind(target));
    },
  });
}

function bound(target, value) {
  return typeof value === 'function' ? value.bind(target) : value;
}
