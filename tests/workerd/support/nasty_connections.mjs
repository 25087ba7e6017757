// What a bad home does to a connection: each gets the socket once a call has been read from it.

import { setTimeout as pause } from 'node:timers/promises';

import { HOMES_OWN, RESULT, answer, bytesOf, head } from './raw_answer.mjs';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const HTML = { 'Content-Type': 'text/html' };
const OF_A_LENGTH = { ...JSON_TYPE, 'Content-Length': RESULT.length };
const CHUNKED = { 'Transfer-Encoding': 'chunked' };
/** What a broken body has said before it breaks. */
export const BEGUN = RESULT.slice(0, 20);
export const EVENT = 'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n';

const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const result = () => bytesOf(answer(200, JSON_TYPE, RESULT));
const stream = (...texts) => head(200, { 'Content-Type': 'text/event-stream', ...CHUNKED }) + texts.map(chunk).join('');

/** Says this, and does that when it has had time to arrive. */
function then(socket, said, act) {
  socket.write(said, () => setTimeout(act, 100, socket));
}

const hangUp = (socket) => socket.end();
const reset = (socket) => socket.resetAndDestroy();

const BEFORE_THE_ANSWER = {
  'hangs up without a byte': hangUp,
  'resets the connection': reset,
  'hangs up in its head': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/js'),
  'resets the connection in its head': (socket) => then(socket, 'HTTP/1.1 200 OK\r\nContent-Ty', reset),
  'speaks another protocol': (socket) => socket.end(`220 ${HOMES_OWN} ESMTP ready\r\n`),
  'answers as a port for TLS does': (socket) => socket.end(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])),
  'has a status line without a status': (socket) => socket.end('HTTP/1.1 fine\r\n\r\n'),
  'has a header without a colon': (socket) => socket.end(`HTTP/1.1 200 OK\r\n${HOMES_OWN}\r\n\r\n`),
  'says two different lengths': (socket) => socket.end(head(200, { ...JSON_TYPE, 'Content-Length': ['36', '5'] }) + RESULT),
  'says a length that is no number': (socket) => socket.end(head(200, { ...JSON_TYPE, 'Content-Length': 'many' }) + RESULT),
  'switches protocols': (socket) => socket.end(head(101, { Upgrade: 'websocket', Connection: 'Upgrade' })),
};

const TOO_SLOW = {
  'never answers': () => {},
  'is slow with its head': async (socket) => {
    for (const letter of head(200, { ...OF_A_LENGTH, 'X-Slow': 'x'.repeat(200) })) {
      if (socket.destroyed) return;
      socket.write(letter);
      await pause(50);
    }
  },
};

const IN_THE_BODY = {
  'hangs up in its body': (socket) => socket.end(head(200, OF_A_LENGTH) + BEGUN),
  'resets the connection in its body': (socket) => then(socket, head(200, OF_A_LENGTH) + BEGUN, reset),
  'hangs up between two chunks': (socket) => socket.end(head(200, { ...JSON_TYPE, ...CHUNKED }) + chunk(BEGUN)),
  'has a chunk that is none': (socket) => socket.end(`${head(200, { ...JSON_TYPE, ...CHUNKED })}${chunk(BEGUN)}zz\r\n`),
  'hangs up in the page of a 502': (socket) => socket.end(`${head(502, { ...HTML, 'Content-Length': 1000 })}<h1>${HOMES_OWN}`),
  'never ends the page of a 502': (socket) => socket.write(`${head(502, { ...HTML, ...CHUNKED })}${chunk(`<h1>${HOMES_OWN}`)}`),
  'has a page of a MiB with a 403': (socket) => socket.write(bytesOf(answer(403, HTML, HOMES_OWN.repeat(60_000)))),
};

const IN_A_STREAM = {
  'dies in an event': (socket) => then(socket, stream(EVENT, EVENT.slice(0, 30)), hangUp),
  'dies between events': (socket) => then(socket, stream(EVENT), hangUp),
  'resets a stream between events': (socket) => then(socket, stream(EVENT), reset),
  'ends a stream': (socket) => socket.write(`${stream(EVENT, EVENT)}0\r\n\r\n`),
  'ends a stream by hanging up, as HTTP/1.0 does': (socket) =>
    socket.end(head(200, { 'Content-Type': 'text/event-stream', Connection: 'close' }) + EVENT + EVENT),
};

const BEFORE_A_RESULT = {
  'says 100, then its result': (socket) => socket.write(Buffer.concat([Buffer.from(head(100, {})), result()])),
  'says 103, then its result': (socket) =>
    socket.write(Buffer.concat([Buffer.from(head(103, { Link: `</${HOMES_OWN}.css>; rel=preload` })), result()])),
  'says its result below 300 KB of headers': (socket) =>
    socket.write(bytesOf(answer(200, { ...JSON_TYPE, 'X-Long': HOMES_OWN.padEnd(300_000, 'x') }, RESULT))),
};

export const CONNECTIONS = { ...BEFORE_THE_ANSWER, ...TOO_SLOW, ...IN_THE_BODY, ...IN_A_STREAM, ...BEFORE_A_RESULT };
