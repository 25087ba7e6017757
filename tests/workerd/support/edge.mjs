// The built Worker, running in workerd with its own storage.

import { startWorker } from '../../../scripts/worker.mjs';
import { present, publish, send } from './send.mjs';

export const OWNER_PASSWORD = 'the owner knows this one';
export const KEY = Buffer.alloc(32, 'k').toString('base64');
/** Nobody listens here: an edge that contacts its origin before admission answers 502 instead of 401. */
const NOBODY_HOME = 'http://127.0.0.1:9/mcp';

/** `vars` add to a working configuration; `undefined` takes a key away. */
export async function startEdge(vars = {}, options = {}) {
  const log = [];
  const configured = { ORIGIN: NOBODY_HOME, GATELODGE_KEY: KEY, OWNER_PASSWORD, ...vars };
  const worker = await startWorker({ vars: present(configured), onLog: (line) => log.push(String(line)), ...options });
  return new Edge(worker, log);
}

export class Edge {
  constructor(worker, log = []) {
    this.url = `http://localhost:${new URL(worker.url).port}`;
    this.mcp = `${this.url}/mcp`;
    this.miniflare = worker.miniflare;
    this.log = log;
    let stopped;
    this.stop = () => (stopped ??= worker.stop());
  }

  /** The same edge at another location, with the same storage and a memory of its own; once it is published. */
  async elsewhere() {
    const { port } = await this.miniflare.unsafeGetDirectURL('elsewhere');
    const address = 'https://elsewhere.example';
    publish(this.url, `http://127.0.0.1:${port}`, address);
    return Object.assign(Object.create(this), { url: address });
  }

  /** From here on the edge is addressed as its users would, under a public https name. */
  publishAs(publicUrl) {
    publish(publicUrl, this.url);
    this.url = publicUrl;
    this.mcp = `${publicUrl}/mcp`;
  }

  get(path, options) {
    return send(this.url + path, { method: 'GET', ...options });
  }

  post(path, options) {
    return send(this.url + path, { method: 'POST', ...options });
  }

  send(path, options) {
    return send(this.url + path, options);
  }

  /** Everything that is stored: the register's keys and the Ledgers that exist. */
  async storage() {
    const register = await this.miniflare.getKVNamespace('REGISTER');
    const { keys } = await register.list();
    return {
      keys: keys.map((key) => key.name).sort(),
      ledgers: await this.miniflare.listDurableObjectIds('LEDGER'),
    };
  }
}
