// A stand-in for the MCP server at home. It keeps what reached it, and answers as the test says.

import http from 'node:http';
import { once } from 'node:events';

export async function startOrigin(answer = answerJsonRpc) {
  const origin = new Origin(answer);
  await origin.listen();
  return origin;
}

class Origin {
  #server;

  constructor(answer) {
    this.answer = answer;
    /** Each request that reached home, oldest first. */
    this.requests = [];
    this.#server = http.createServer((request, response) => this.#receive(request, response));
  }

  async listen(port = 0) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}/mcp`;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get last() {
    return this.requests.at(-1);
  }

  async #receive(request, response) {
    const { method, url, headers, rawHeaders } = request;
    const received = { method, url, headers, rawHeaders, response, arrived: 0, body: undefined, closed: false };
    response.on('close', () => (received.closed = true));
    this.requests.push(received);
    const chunks = [];
    try {
      for await (const chunk of request) {
        chunks.push(chunk);
        received.arrived += chunk.length;
      }
      received.body = Buffer.concat(chunks);
      await this.answer(response, received);
    } catch (failure) {
      received.failure = failure;
      response.destroy();
    }
  }
}

/** What a small MCP server says: a result to a request, 202 to a notification. */
export function answerJsonRpc(response, { body }) {
  const message = body.length > 0 ? JSON.parse(body) : {};
  if (message.id === undefined) return response.writeHead(202).end();
  const result = { jsonrpc: '2.0', id: message.id, result: { method: message.method } };
  return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
}
