// The sessions of revisions up to 2025-11-25: each is a server of its own, which remembers what it sent.

import { randomUUID } from 'node:crypto';

import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';

import { EventStore } from '../../workerd/support/sdk_server.mjs';

/** After so many milliseconds a client whose stream was closed comes back. */
const RETRY = 200;

export class Sessions {
  #open = new Map();
  #makeServer;

  constructor(makeServer) {
    this.#makeServer = makeServer;
  }

  async answer(request) {
    const session = request.headers.get('mcp-session-id');
    if (session && !this.#open.has(session)) {
      const error = { code: -32001, message: 'Session not found' };
      return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 404 });
    }
    const transport = this.#open.get(session) ?? (await this.#begin());
    return transport.handleRequest(request);
  }

  async close() {
    for (const transport of this.#open.values()) await transport.close();
  }

  async #begin() {
    const transport = new WebStandardStreamableHTTPServerTransport({
      eventStore: new EventStore(),
      onsessionclosed: (id) => void this.#open.delete(id),
      onsessioninitialized: (id) => void this.#open.set(id, transport),
      retryInterval: RETRY,
      sessionIdGenerator: randomUUID,
    });
    await this.#makeServer().connect(transport);
    return transport;
  }
}
