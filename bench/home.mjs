// The MCP server at home, as a process of its own. It does as little as it can, so that what is measured is what stands before it.
import http from 'node:http';

/** As long as a usual answer of a tool. */
const RESULT = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text: 'The quick brown fox jumps over the lazy dog. '.repeat(9) }], isError: false },
});
const JSON_HEAD = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(RESULT) };
const STREAM_HEAD = { 'content-type': 'text/event-stream' };
const SESSION = 'a-session-of-the-benchmark';

/** The streams that are open, oldest first. */
const streams = new Set();

const server = http.createServer(async (request, response) => {
  if (request.method === 'GET') return stream(response);
  const chunks = await request.toArray();
  const { method, params } = JSON.parse(Buffer.concat(chunks));
  if (params?.name === 'stream') return stream(response, params.arguments);
  response.writeHead(200, method === 'initialize' ? { ...JSON_HEAD, 'mcp-session-id': SESSION } : JSON_HEAD).end(RESULT);
});
// Longer than any pause between two rounds.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

/** Begins with an event. Then come `events` of them, `every` milliseconds, and the end; or whatever is ordered. */
function stream(response, { events = Infinity, every } = {}) {
  streams.add(response);
  response.on('close', () => streams.delete(response));
  response.socket.setNoDelay();
  response.writeHead(200, STREAM_HEAD);
  writeEvent(response);
  if (every === undefined) return;
  let sent = 0;
  const timer = setInterval(() => {
    if (sent === events) return response.end();
    sent += 1;
    writeEvent(response);
  }, every);
  response.on('close', () => clearInterval(timer));
}

/** It says when it was written, by the clock that all processes of a machine share. */
function writeEvent(response) {
  const params = { progressToken: 1, progress: 1, message: 'The quick brown fox jumps over the lazy dog.', at: String(process.hrtime.bigint()) };
  response.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })}\n\n`);
}

process.on('message', ({ seconds }) => (seconds === undefined ? writeEvent([...streams].at(-1)) : writeInTurn(seconds)));
process.on('disconnect', () => process.exit());

/** For so long each stream gets an event a second, one after the other, so that each event comes alone. */
function writeInTurn(seconds) {
  const all = [...streams];
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(seconds, (performance.now() - begun) / 1000) * all.length;
    for (; sent < due; sent += 1) writeEvent(all[sent % all.length]);
    if (sent >= seconds * all.length) {
      clearInterval(timer);
      process.send({ sent });
    }
  }, 1);
}
