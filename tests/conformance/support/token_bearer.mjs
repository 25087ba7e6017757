// Carries the calls of a program that knows nothing of tokens to the edge, with a token, and the answers back as they come.

import { once } from 'node:events';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Listens on 127.0.0.1 until it is stopped. */
export async function bearToken(edge, token) {
  const { host, hostname, port } = new URL(edge.url);
  const server = http.createServer((call, answer) => {
    const headers = { ...call.headersDistinct, host, authorization: `Bearer ${token}` };
    const request = http.request({ hostname, port, method: call.method, path: call.url, headers, agent: false });
    request.on('response', (response) => {
      answer.writeHead(response.statusCode, response.headersDistinct).flushHeaders();
      pipeline(response, answer).catch(() => {});
    });
    request.on('error', () => answer.destroy());
    answer.on('close', () => request.destroy());
    pipeline(call, request).catch(() => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/mcp`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
