import { send } from './send.mjs';

export const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

/** One JSON-RPC call to the MCP endpoint with a bearer token. */
export function call(edge, token, { path = '/mcp', message = PING, headers = {}, ...options } = {}) {
  return send(edge.url + path, {
    method: 'POST',
    json: options.method && options.method !== 'POST' ? undefined : message,
    ...options,
    headers: { accept: 'application/json, text/event-stream', authorization: token && `Bearer ${token}`, ...headers },
  });
}
