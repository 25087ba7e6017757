// Many requests for one thing at the same moment, and those that should not get it among them.

import { Client } from './client.mjs';

export const ROUNDS = 20;
export const AT_ONCE = 200;
/** Two mounts, so that a resource can be wrong and still be one of the edge's. */
export const MOUNTS = JSON.stringify([{ path: '/mcp' }, { path: '/notes' }]);
export const SECRET = { token_endpoint_auth_method: 'client_secret_post' };

export function atOnce(act, count = AT_ONCE) {
  return Promise.all(Array.from({ length: count }, act));
}

/** Attempts that are wrong in one thing: who sends them, the parameters that are replaced, and the answer. */
export function futile(edge, client, stranger) {
  const impostor = new Client(edge, { ...client.registration, client_secret: 'guessed' });
  return [
    [stranger, {}, 400, 'invalid_grant'],
    [impostor, {}, 401, 'invalid_client'],
    [client, { resource: `${edge.url}/notes` }, 400, 'invalid_target'],
    [client, { resource: 'https://elsewhere.example/mcp' }, 400, 'invalid_target'],
  ];
}

/** A code is bound to more. */
export function futileForCode(edge, client, stranger) {
  return [
    ...futile(edge, client, stranger),
    [client, { code_verifier: 'x'.repeat(43) }, 400, 'invalid_grant'],
    [client, { redirect_uri: 'https://client.example/other' }, 400, 'invalid_grant'],
  ];
}
