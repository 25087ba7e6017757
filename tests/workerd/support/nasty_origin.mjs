// A home server at its worst, with one switch for each way to be bad. It writes bytes: a library of HTTP is too polite for most of them.

import net from 'node:net';
import { once } from 'node:events';

import { ANSWERS } from './nasty_answers.mjs';
import { CONNECTIONS } from './nasty_connections.mjs';
import { bytesOf } from './raw_answer.mjs';

/** Each way to be bad: an answer, or what happens on the connection. */
export const BEHAVIOURS = { ...CONNECTIONS, ...ANSWERS };

export async function startNastyOrigin() {
  const origin = new NastyOrigin();
  await origin.listen();
  return origin;
}

class NastyOrigin {
  #answer;
  #connections = new Set();
  #server = net.createServer((socket) => this.#connected(socket));

  constructor() {
    /** Each call that is here to its last byte, oldest first; it is `closed` when its connection is. */
    this.calls = [];
  }

  /** From here on it is bad in this way. */
  behave(name) {
    if (!(name in BEHAVIOURS)) throw new Error(`no such behaviour: ${name}`);
    this.#answer = BEHAVIOURS[name];
    this.calls.length = 0;
  }

  async listen(port = 0) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}/mcp`;
  }

  async stop() {
    for (const socket of this.#connections) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connected(socket) {
    this.#connections.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    let pending = Buffer.alloc(0);
    const waiting = [];
    socket.on('close', () => {
      this.#connections.delete(socket);
      for (const call of waiting) call.closed = true;
    });
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      if (!/^[A-Z]/.test(pending.toString('latin1', 0, 1))) return socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      for (let read; (read = readCall(pending)); ) {
        pending = pending.subarray(read.length);
        waiting.push(read.call);
        this.calls.push(read.call);
        if (typeof this.#answer === 'function') this.#answer(socket);
        else socket.write(bytesOf(this.#answer));
      }
    });
  }
}

/** A whole request at the beginning of these bytes. The edge always says how long a body is. */
function readCall(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method, path] = line.split(' ');
  const headers = Object.fromEntries(lines.map((header) => [header.split(':')[0].toLowerCase(), header.slice(header.indexOf(':') + 1).trim()]));
  const length = end + 4 + Number(headers['content-length'] ?? 0);
  if (bytes.length < length) return undefined;
  return { length, call: { method, path, headers, body: bytes.subarray(end + 4, length).toString(), closed: false } };
}
