// An MCP server at home that answers only the gate in front of it.
//
// Of each request, on whatever path, it checks `Gatelodge-Assertion` before it reads the body: the signature (ES256, by a key of
// the gate), iss, aud, exp (without leeway), htm (the method), htu (the URL), and jti (each is good once). It does not check the
// query, the body, or scope. It remembers what was used in this process: several of them, or one that was just started, do not
// know what another one has seen.

import http from 'node:http';

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

import { guard } from './guard.ts';

const { PORT = '8383', ISSUER = '', AUDIENCE = '' } = process.env;
const path = new URL(AUDIENCE).pathname;
const callerOf = guard(ISSUER, AUDIENCE);

function mcpServer() {
  const server = new McpServer({ name: 'home', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Says as whom the gate let you in.' }, ({ authInfo }) => {
    const caller = `${authInfo?.extra?.sub}, client ${authInfo?.clientId}`;
    console.log(`whoami: ${caller}`);
    return { content: [{ type: 'text', text: caller }] };
  });
  return server;
}

const server = http.createServer(async (request, response) => {
  const caller = await callerOf(request).catch((reason: Error) => reason);
  if (caller instanceof Error) {
    console.error(`refused: ${caller.message}`);
    response.writeHead(401, { connection: 'close', 'content-type': 'text/plain' });
    return response.end('Only the gate may call this server.\n');
  }
  if (request.url?.split('?')[0] !== path) return response.writeHead(404, { connection: 'close' }).end();
  // Without sessions: each request stands for itself.
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => void transport.close());
  await mcpServer().connect(transport);
  const auth = { token: '', clientId: caller.client_id ?? 'unknown', scopes: caller.scope.split(' '), extra: { sub: caller.sub } };
  return transport.handleRequest(Object.assign(request, { auth }), response);
});

server.listen(Number(PORT), '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${PORT}${path}`));
