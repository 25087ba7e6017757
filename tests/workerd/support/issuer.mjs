// An authorization server somewhere in the world: a real HTTP server with real keys. The Worker reaches it by its public name.

import http from 'node:http';
import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
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

/** Without a URL it is known by its own address on this machine. */
export async function startIssuer({ url, keys = [makeKey('RS256')] } = {}) {
  const issuer = new AuthorizationServer(keys);
  await issuer.start();
  issuer.url = url ?? issuer.loopback;
  return issuer;
}

class AuthorizationServer {
  #codes = new Map();
  #server;

  constructor(keys) {
    this.keys = keys;
    /** In the place of the key set that is made of `keys`. */
    this.jwks = undefined;
    /** What the metadata says beside, or instead. */
    this.changes = {};
    /** What it puts into `aud`, whatever resource was asked for; without it, that resource. */
    this.audience = undefined;
    /** In the place of all its answers. */
    this.answer = undefined;
    /** The paths that were asked for, oldest first. */
    this.asked = [];
  }

  get metadata() {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/oauth2/authorize`,
      token_endpoint: `${this.url}/oauth2/token`,
      registration_endpoint: `${this.url}/oauth2/register`,
      jwks_uri: `${this.url}/oauth2/jwks`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      ...this.changes,
    };
  }

  /** On the same port each time. */
  async start() {
    this.#server = http.createServer((request, response) => void this.#receive(request, response));
    this.#server.listen(this.port ?? 0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    this.loopback = `http://127.0.0.1:${this.port}`;
  }

  async stop() {
    if (!this.#server.listening) return;
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

  /** An access token for this audience, unlike every other. */
  token(audience, changes = {}, { key = this.keys[0], header } = {}) {
    return jwt(key, this.claims(audience, { jti: randomUUID(), ...changes }), header);
  }

  async #receive(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.loopback);
    this.asked.push(pathname);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (this.answer) return this.answer(response, pathname);
    const body = Buffer.concat(chunks).toString();
    const json = (status, document) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    switch (pathname) {
      case '/.well-known/oauth-authorization-server':
        return json(200, this.metadata);
      case '/oauth2/jwks':
        return json(200, { keys: this.jwks ?? this.keys.map(publicJwk) });
      case '/oauth2/register':
        return json(201, { ...JSON.parse(body), client_id: randomUUID() });
      case '/oauth2/authorize':
        return this.#authorize(searchParams, response);
      case '/oauth2/token':
        return this.#redeem(new URLSearchParams(body), json);
      default:
        return response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
    }
  }

  /** Whoever comes is let in at once. */
  #authorize(asked, response) {
    const code = randomUUID();
    this.#codes.set(code, Object.fromEntries(asked));
    const location = new URL(asked.get('redirect_uri'));
    location.searchParams.set('code', code);
    location.searchParams.set('state', asked.get('state'));
    return response.writeHead(302, { location: location.href }).end();
  }

  #redeem(form, json) {
    const asked = this.#codes.get(form.get('code'));
    this.#codes.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (asked?.code_challenge !== challenge) return json(400, { error: 'invalid_grant' });
    const token = this.token(this.audience ?? asked.resource, { client_id: asked.client_id });
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: 300 });
  }
}

/** An outbound service for the Worker: these issuers are found by their names, everything else where it is. */
export function reaching(...issuers) {
  const hopByHop = ['connection', 'content-length', 'host', 'transfer-encoding'];
  return (request) => {
    const { origin, pathname, search } = new URL(request.url);
    const issuer = issuers.find((one) => one.url === origin);
    return fetch(issuer ? issuer.loopback + pathname + search : request.url, {
      method: request.method,
      headers: [...request.headers].filter(([name]) => !hopByHop.includes(name)),
      body: request.body,
      duplex: 'half',
      redirect: 'manual',
      signal: request.signal,
    });
  };
}
