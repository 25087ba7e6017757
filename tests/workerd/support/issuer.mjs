// An authorization server somewhere in the world: a real HTTP server with real keys. The Worker reaches it by its public name.

import http from 'node:http';
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';

const KINDS = {
  RS256: { generate: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), digest: 'sha256' },
  ES256: { generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), digest: 'sha256' },
  EdDSA: { generate: () => generateKeyPairSync('ed25519'), digest: null },
};

/** A key pair of an algorithm, or this one. */
export function makeKey(alg, kid = randomUUID(), pair = KINDS[alg].generate()) {
  return { alg, kid, ...pair };
}

export function publicJwk({ publicKey, kid, alg }) {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

export function privateJwk({ privateKey, kid, alg }) {
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A JWT, signed as the key's algorithm says; header members that are `undefined` are left out. */
export function jwt(key, claims, header = {}) {
  const message = `${part({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })}.${part(claims)}`;
  const privateKey = { key: key.privateKey, dsaEncoding: 'ieee-p1363' };
  return `${message}.${sign(KINDS[key.alg].digest, Buffer.from(message), privateKey).toString('base64url')}`;
}

export function unsignedJwt(claims, header = {}) {
  return `${part({ alg: 'none', typ: 'at+jwt', ...header })}.${part(claims)}.`;
}

/** The old trick: the public key, which everybody has, used as the secret of an HMAC. */
export function jwtOfPublicKey(key, claims) {
  const message = `${part({ alg: 'HS256', kid: key.kid, typ: 'at+jwt' })}.${part(claims)}`;
  const secret = key.publicKey.export({ format: 'pem', type: 'spki' });
  return `${message}.${createHmac('sha256', secret).update(message).digest('base64url')}`;
}

/** RSA of a strength that nobody should use any more. */
export function makeWeakKey(kid = randomUUID()) {
  return makeKey('RS256', kid, generateKeyPairSync('rsa', { modulusLength: 1024 }));
}

export async function startIssuer({ url = 'https://auth.example', keys = [makeKey('RS256')] } = {}) {
  const issuer = new AuthorizationServer(url, keys);
  await issuer.start();
  return issuer;
}

class AuthorizationServer {
  #server;

  constructor(url, keys) {
    this.url = url;
    this.keys = keys;
    /** What stands at each path; the key set is made from `keys` or taken from `jwks`. */
    this.documents = new Map([
      ['/.well-known/oauth-authorization-server', () => this.metadata],
      ['/oauth2/jwks', () => ({ keys: this.jwks ?? this.keys.map(publicJwk) })],
    ]);
    this.metadata = {
      issuer: url,
      authorization_endpoint: `${url}/oauth2/authorize`,
      token_endpoint: `${url}/oauth2/token`,
      registration_endpoint: `${url}/oauth2/register`,
      jwks_uri: `${url}/oauth2/jwks`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
    };
    /** The paths that were asked for, oldest first. */
    this.asked = [];
    /** While it is down, nobody answers. */
    this.isDown = false;
  }

  async start() {
    this.#server = http.createServer((request, response) => void this.#answer(request, response)).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.loopback = `http://127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  count(path) {
    return this.asked.filter((asked) => asked === path).length;
  }

  /** The claims of a good access token for this audience. */
  claims(audience, changes = {}) {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.url, aud: audience, sub: 'user_01', client_id: 'client_01', iat: now, exp: now + 300, ...changes };
  }

  /** An access token for this audience. */
  token(audience, changes = {}, { key = this.keys[0], header } = {}) {
    return jwt(key, this.claims(audience, { jti: randomUUID(), ...changes }), header);
  }

  #answer(request, response) {
    this.asked.push(request.url);
    const document = this.documents.get(request.url)?.();
    if (!document) return response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
    if (typeof document === 'function') return document(response, request);
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  }
}

/** An outbound service for the Worker: these issuers are found by their names, everything else as it is. */
export function reaching(...issuers) {
  return async (request) => {
    const { origin, pathname, search } = new URL(request.url);
    const issuer = issuers.find((one) => new URL(one.url).origin === origin);
    if (issuer?.isDown) throw new Error('connection refused');
    const { method, body, signal } = request;
    const hopByHop = ['host', 'content-length', 'connection', 'transfer-encoding'];
    const headers = [...request.headers].filter(([name]) => !hopByHop.includes(name));
    const url = issuer ? issuer.loopback + pathname + search : request.url;
    return fetch(url, { method, headers, body, duplex: 'half', redirect: 'manual', signal });
  };
}
