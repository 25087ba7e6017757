// The MCP server at home, as a process of its own: it does as little as it can, so that what is measured is what stands before it.
import http from 'node:http';

/** As long as a usual answer of a tool. */
const RESULT = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text: 'The quick brown fox jumps over the lazy dog. '.repeat(9) }], isError: false },
});

const server = http.createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(RESULT) }).end(RESULT);
  });
});
// Longer than any pause between two rounds.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
