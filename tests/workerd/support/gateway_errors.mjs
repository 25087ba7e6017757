// What a client gets when the gateway answers in home's place, word for word, and what the log says of it (TR-13, TR-14, TR-54).

import assert from 'node:assert/strict';

import { OWNER_PASSWORD } from './edge.mjs';
import { eventually } from './eventually.mjs';
import { HOMES_OWN } from './raw_answer.mjs';

const home = (status, isPassing, sentence) => ({ status, code: -32603, sentence, step: 'origin_failed', retryAfter: isPassing ? '5' : undefined });

/** By the names that the source has for them. */
export const GATEWAY_ERRORS = {
  AccessAsks: home(502, false, 'Cloudflare Access asks the gateway to sign in. Give it a service token in ORIGIN_HEADERS, and a policy with the action Service Auth.'),
  BadCertificate: home(502, false, "The home server's certificate is not accepted. Get one of a public authority for its name, or use a tunnel."),
  Down: home(502, true, 'The home server is not running, or does not listen where its tunnel or proxy looks for it.'),
  Empty: home(502, false, "The home server's answer is empty, or does not say what it is. Check the gateway's ORIGIN."),
  Missing: home(502, false, "The home server has no MCP endpoint at this path. Check the path in the gateway's ORIGIN."),
  NoSuchName: home(502, true, "The home server's name does not resolve. Check the gateway's ORIGIN and the DNS."),
  NotMcp: home(502, false, "Something that is no MCP server has answered, perhaps with a web page. Check the gateway's ORIGIN."),
  Redirects: home(502, false, "The home server redirects elsewhere. Check the gateway's ORIGIN."),
  Refuses: home(502, false, "The home server refuses the gateway's own credential. Check ORIGIN_HEADERS and ASSERTION."),
  RefusesName: home(502, false, 'The home server does not accept the name that it is called by. Allow the host of ORIGIN there.'),
  Slow: home(504, true, 'The home server did not answer in time. Let it answer long calls with a stream, or raise ORIGIN_SECONDS.'),
  TooLarge: home(413, false, 'A proxy before the home server takes no message of this size. Raise its limit.'),
  TunnelDown: home(502, true, 'The tunnel to the home server is not connected. Start cloudflared.'),
  Unavailable: home(503, true, 'The home server, or a proxy before it, is overloaded or still starting. If it stays so, look into its log.'),
  Unreachable: home(502, true, 'The home server cannot be reached, or broke off. Is it running, its port open and its certificate a public one?'),
  WantsPassword: home(502, false, 'The home server wants a name and a password (Basic). Put them into ORIGIN_HEADERS as Authorization.'),
  NoStream: { status: 405, code: -32600, sentence: 'This server offers no stream here.', step: 'refused', allow: 'POST, DELETE' },
};

const HEADERS = [
  ...['allow', 'cache-control', 'connection', 'content-length', 'content-type', 'date', 'gatelodge-request-id'],
  ...['pragma', 'retry-after', 'vary', 'x-content-type-options'],
];
/** What a test's home calls itself, its address, and what it is told and tells in confidence. */
export const UNTOLD = [HOMES_OWN, '127.0.0.', 'localhost', '.invalid', 'home.example.net', 'cloudflareaccess.com', '203.0.113.7', OWNER_PASSWORD];

/** The whole answer, and the one line of the log under its id. */
export async function assertGatewayError(edge, reply, name, untold = []) {
  const { status, code, sentence, step, retryAfter, allow } = GATEWAY_ERRORS[name];
  assert.equal(reply.status, status, reply.text);
  const { request_id } = reply.json().error.data;
  assert.match(request_id, /^[\w-]{22}$/);
  assert.deepEqual(reply.json(), { jsonrpc: '2.0', id: null, error: { code, message: sentence, data: { request_id } } });
  assert.ok(code > -32020 || code < -32099, 'the specification keeps that range for itself');
  assert.equal(reply.headers['gatelodge-request-id'], request_id);
  assert.equal(reply.headers['content-type'], 'application/json');
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.equal(reply.headers['retry-after'], retryAfter);
  assert.equal(reply.headers.allow, allow);
  for (const header of Object.keys(reply.headers)) assert.ok(HEADERS.includes(header), header);
  await eventually(() => linesAbout(edge, request_id).length > 0);
  const [line, ...others] = linesAbout(edge, request_id);
  assert.deepEqual(others, []);
  const { client, ...rest } = line;
  assert.deepEqual(rest, { step, request: request_id, mount: line.mount, detail: sentence });
  assert.match(client, /^[\w-]{43}$/, 'a digest');
  const told = [JSON.stringify(reply.headers), reply.text, ...edge.log].join('\n');
  for (const word of [...UNTOLD, ...untold]) assert.ok(!told.includes(word), `${word} is told: ${told}`);
}

function linesAbout(edge, id) {
  const lines = edge.log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return lines.filter(({ request }) => request === id);
}
