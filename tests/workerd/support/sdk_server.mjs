// An MCP server at home with a few tools, made of the SDK's own server parts; it answers in the stand-in's place.

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** The word by which clients know that they have to begin again (TR-22). */
const SESSION_OVER = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } });

/**
 * Sessions live as long as what is returned.
 *
 * @param {Record<string, Function>} tools name → what it says to its arguments; its second argument tells progress
 * @param {object} [options] the transport's own, such as `eventStore`
 */
export function mcpServer(tools, options = {}) {
  const sessions = new Map();

  async function begin() {
    const transport = new WebStandardStreamableHTTPServerTransport({
      ...options,
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await serverOf(tools).connect(transport);
    return transport;
  }

  return async function answer(response, { method, url, headers, body }) {
    const session = headers['mcp-session-id'];
    if (session && !sessions.has(session)) return response.writeHead(404, { 'content-type': 'application/json' }).end(SESSION_OVER);
    const transport = sessions.get(session) ?? (await begin());
    const request = new Request(new URL(url, 'http://home'), {
      method,
      headers: flat(headers),
      body: body.length > 0 ? body : undefined,
    });
    const reply = await transport.handleRequest(request);
    response.writeHead(reply.status, Object.fromEntries(reply.headers));
    if (reply.body === null) return response.end();
    // Proxies on the way hold a head back until something follows it.
    if (method === 'GET' && reply.ok) response.write(': open\n\n');
    return pipeline(Readable.fromWeb(reply.body), response);
  };
}

/** What was sent, so that a client whose stream was cut gets the rest of it. */
export class EventStore {
  #events = [];

  async storeEvent(streamId, message) {
    return String(this.#events.push({ streamId, message }) - 1);
  }

  async replayEventsAfter(lastEventId, { send }) {
    const last = Number(lastEventId);
    const { streamId } = this.#events[last];
    for (const [id, event] of this.#events.entries()) {
      if (id > last && event.streamId === streamId) await send(String(id), event.message);
    }
    return streamId;
  }
}

/** The same server by the older transport: the stream at `/sse`, and what `endpoint` names for the messages. */
export function sseServer(tools, endpoint = '/messages/?kind=legacy') {
  const sessions = new Map();
  return async function answer(response, { method, url, headers, body }) {
    if (method === 'GET') {
      const transport = new SSEServerTransport(endpoint, response);
      sessions.set(transport.sessionId, transport);
      response.on('close', () => sessions.delete(transport.sessionId));
      return serverOf(tools).connect(transport);
    }
    const { pathname, searchParams } = new URL(url, 'http://home');
    const transport = pathname === new URL(endpoint, 'http://home').pathname && sessions.get(searchParams.get('sessionId'));
    if (!transport) return response.writeHead(404).end('Session not found');
    return transport.handlePostMessage({ headers, url }, response, body.toString());
  };
}

function serverOf(tools) {
  const server = new Server({ name: 'home', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { sendNotification }) => {
    const progressToken = params._meta?.progressToken;
    const tell = (progress) => sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
    return { content: [{ type: 'text', text: await tools[params.name](params.arguments ?? {}, tell) }] };
  });
  return server;
}

function flat(headers) {
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}
