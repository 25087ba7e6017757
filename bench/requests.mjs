// What a client of MCP asks, in the words that `load` and `open` take.

const HEADERS = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' };
const JSON_BODY = { 'content-type': 'application/json' };

/** A call of a tool that home answers with JSON. */
export function callOf(side, { name = 'echo', headers = {}, ...rest } = {}) {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: { message: 'how are you?' } }, ...rest };
  return { url: side.edge.mcp, method: 'POST', headers: { ...HEADERS, ...JSON_BODY, ...bearer(side), ...headers }, body: JSON.stringify(message) };
}

/** A call that home answers with a stream; `given` says what of. */
export function streamOf(side, given = {}) {
  return callOf(side, { params: { name: 'stream', arguments: given } });
}

/** The stream on which home may speak at any time. */
export function listeningOf(side) {
  return { url: side.edge.mcp, method: 'GET', headers: { ...HEADERS, ...bearer(side), accept: 'text/event-stream' } };
}

export function bearer({ token }) {
  return token ? { authorization: `Bearer ${token}` } : {};
}
