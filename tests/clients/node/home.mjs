// A server at home that speaks both eras of the protocol: the tools of the reference server that the clients call, on version 2 of the SDK.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { toNodeHandler } from '@modelcontextprotocol/node';
import { McpServer, createMcpHandler, fromJsonSchema } from '@modelcontextprotocol/server';

const ECHO = { message: { type: 'string' } };
const LONG = { duration: { type: 'number' }, steps: { type: 'number' } };

function taking(properties) {
  return { inputSchema: fromJsonSchema({ type: 'object', properties, required: Object.keys(properties) }) };
}

function saying(text) {
  return { content: [{ type: 'text', text }] };
}

function server() {
  const home = new McpServer({ name: 'home', version: '1.0.0' });
  home.registerTool('echo', taking(ECHO), ({ message }) => saying(`Echo: ${message}`));
  home.registerTool('trigger-long-running-operation', taking(LONG), async ({ duration, steps }, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (let progress = 1; progress <= steps; progress += 1) {
      await pause((duration * 1000) / steps);
      if (progressToken !== undefined) await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: steps } });
    }
    return saying('Long running operation completed.');
  });
  return home;
}

const port = Number(process.env.PORT);
createServer(toNodeHandler(createMcpHandler(server))).listen(port, '127.0.0.1', () => console.error(`listening on port ${port}`));
