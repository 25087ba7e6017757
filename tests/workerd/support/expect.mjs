// What every answer of one kind has in common, so that no test forgets it.

import assert from 'node:assert/strict';

import { call } from './mcp_call.mjs';

const LEAKS = /panicked|RuntimeError|TypeError|wasm-function|backtrace|\.rs:\d|\n\s+at \S+ \(/;

export function assertJson(reply, status) {
  assert.equal(reply.status, status, reply.text);
  assert.match(reply.headers['content-type'], /^application\/json\b/);
  assert.doesNotMatch(reply.text, LEAKS);
  return reply.json();
}

/** RFC 6749 §5.2, on the endpoints that answer clients. */
export function assertOauthError(reply, status, error) {
  const body = assertJson(reply, status);
  assert.equal(body.error, error, reply.text);
  assert.match(reply.headers['cache-control'] ?? '', /no-store/);
  return body;
}

/** A page for the person in front of the browser; never the way to a client. */
export function assertPage(page, status) {
  assert.equal(page.status, status, page.says ?? page.text);
  assert.match(page.headers['content-type'], /^text\/html\b/);
  assert.doesNotMatch(page.text, LEAKS);
  assert.equal(page.headers.location, undefined);
  return page;
}

export async function assertAdmitted(edge, token) {
  const reply = await call(edge, token);
  assert.equal(reply.status, 200, reply.text);
  return reply;
}

/** RS-45: the token was good once, or never, and is not now. */
export async function assertNotAdmitted(edge, token) {
  const reply = await call(edge, token);
  assert.equal(reply.status, 401, reply.text);
  assert.match(reply.headers['www-authenticate'], /error="invalid_token"/);
  return reply;
}

/** RFC 6749 §5.1 and AS-85. */
export function assertTokens(reply) {
  const tokens = assertJson(reply, 200);
  assert.match(reply.headers['cache-control'], /no-store/);
  assert.equal(typeof tokens.access_token, 'string');
  assert.equal(tokens.token_type, 'Bearer');
  assert.equal(typeof tokens.expires_in, 'number');
  assert.equal(tokens.scope, 'mcp');
  return tokens;
}
