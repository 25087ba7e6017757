// The built Worker in workerd, with the flags and bindings of wrangler.toml and local storage.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Miniflare, convertV4MiniflareOptions, fetch } from 'miniflare';
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler';
import { ROOT, Stop } from './process.mjs';

/** wrangler.toml, as wrangler reads it. */
export function wranglerConfig() {
  return unstable_readConfig({ config: join(ROOT, 'wrangler.toml') }, { hideWarnings: true });
}

/** The `[vars]` of wrangler.toml, as the strings that the Worker sees. */
export function configuredVars() {
  const { vars } = wranglerConfig();
  return Object.fromEntries(Object.entries(vars).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]));
}

/**
 * Starts the Worker on 127.0.0.1. Its URL says `localhost`, which browsers treat as a secure place.
 *
 * @param {object} options
 * @param {Record<string, string>} [options.vars] configuration and secrets; they take the place of wrangler.toml's `[vars]`
 * @param {number} [options.port] 0 for any free one
 * @param {string} [options.persist] folder of the KV and Durable Object data; without it they live as long as the Worker
 * @param {Function} [options.outboundService] answers the Worker's `fetch` calls in place of the network
 * @param {Record<string, object>} [options.services] service bindings, in Miniflare's words, in place of those that wrangler.toml names
 * @param {string[]} [options.wrapping] modules around the built one: the first is the main module, and its `Control` gets an address of its own
 * @param {boolean} [options.elsewhere] runs the Worker once more, as another location does: with the same storage and a memory of its own
 * @param {(line: string, level: string) => void} [options.onLog]
 * @returns {Promise<{ url: URL, miniflare: Miniflare, stop(): Promise<void> }>}
 */
export async function startWorker({ port, persist, elsewhere = false, onLog, ...options } = {}) {
  const worker = builtWorker(options);
  const miniflare = inWorkerd(elsewhere ? [worker, atAnotherLocation(worker)] : [worker], { port, persist, onLog });
  const address = await miniflare.ready;
  return {
    url: new URL(`http://localhost:${address.port}`),
    miniflare,
    stop: () => miniflare.dispose(),
  };
}

/** The Worker, in Miniflare's words. */
export function builtWorker({ vars = {}, outboundService, services = {}, wrapping = [] } = {}) {
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'));
  if (!existsSync(main)) throw new Stop('The Worker is not built. Build it with: npm run build');
  const { modulesRules: _, vpcServices, vpcNetworks, serviceBindings, ...bindings } = workerOptions;
  const ways = Object.keys({ ...vpcServices, ...vpcNetworks, ...serviceBindings });
  return {
    ...bindings,
    name: 'gatelodge',
    rootPath: ROOT,
    modulesRoot: ROOT,
    modules: [
      ...[...wrapping, main].map((path) => ({ type: 'ESModule', path })),
      { type: 'CompiledWasm', path: join(dirname(main), 'index_bg.wasm') },
    ],
    bindings: vars,
    serviceBindings: { ...Object.fromEntries(ways.map((name) => [name, straight])), ...services },
    outboundService,
    unsafeDirectSockets: wrapping.length > 0 ? [{ entrypoint: 'Control' }] : [],
  };
}

/** One workerd with these Workers; its address is the first one's. */
export function inWorkerd(workers, { port = 0, persist, onLog } = {}) {
  return new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port,
      // Both would reach out to the network.
      cf: false,
      telemetry: { enabled: false },
      logRequests: false,
      resourcePersistencePath: persist,
      handleStructuredLogs: ({ message, level }) => onLog?.(message, level),
      workers,
    }),
  );
}

/** What stands for a private way home here: this machine's own network, by the URL. */
function straight({ url, method, headers, body, signal }) {
  return fetch(url, { method, headers: [...headers].filter(([name]) => name !== 'host'), body, signal, duplex: 'half', redirect: 'manual' });
}

/** There is one Ledger of a name in the world, and the first location keeps it. */
function atAnotherLocation(worker) {
  const LEDGER = { ...worker.durableObjects.LEDGER, scriptName: worker.name };
  return { ...worker, name: 'elsewhere', durableObjects: { LEDGER }, unsafeDirectSockets: [{ host: '127.0.0.1' }] };
}
