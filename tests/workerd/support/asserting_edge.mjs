// What an origin sees of an edge: its key set, and the assertions that are signed with the key that it derives.

import http from 'node:http';
import { createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';

import { SignJWT, calculateJwkThumbprint, importJWK } from 'jose';

/** The key pair that an edge with this GATELODGE_KEY signs with. */
export async function derivedKey(gatelodgeKey) {
  const { privateKey, publicKey } = derivedPair(Buffer.from(gatelodgeKey, 'base64'));
  const pair = { kty: 'EC', crv: 'P-256', x: part(publicKey, 1, 33), y: part(publicKey, 33, 65) };
  const jwk = { ...pair, kid: await calculateJwkThumbprint(pair), use: 'sig', alg: 'ES256' };
  return { jwk, privateKey: await importJWK({ ...pair, d: part(privateKey, 0, 32) }, 'ES256') };
}

/** By rejection (FIPS 186-5, A.2.2): the first candidate that is a private key. */
function derivedPair(secret) {
  for (let n = 0; ; n += 1) {
    const privateKey = Buffer.from(hkdfSync('sha256', secret, '', `gatelodge sign assertion ${n}`, 32));
    const curve = createECDH('prime256v1');
    try {
      curve.setPrivateKey(privateKey);
    } catch {
      continue;
    }
    return { privateKey, publicKey: curve.getPublicKey() };
  }
}

const part = (bytes, start, end) => bytes.subarray(start, end).toString('base64url');

/** An edge of which only the key set is there. */
export async function startAssertingEdge() {
  const edge = new AssertingEdge(await newKey());
  await edge.start();
  return edge;
}

export function newKey() {
  return derivedKey(randomBytes(32).toString('base64'));
}

class AssertingEdge {
  #server;

  constructor(key) {
    this.key = key;
    /** How often it was asked for its keys. */
    this.asked = 0;
  }

  async start() {
    this.#server = http.createServer(({ url }, response) => {
      if (url !== '/.well-known/jwks.json') return response.writeHead(404).end();
      this.asked += 1;
      const keys = JSON.stringify({ keys: [this.key.jwk] });
      return response.writeHead(200, { 'content-type': 'application/json' }).end(keys);
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** What it says of a call by the owner's client; `undefined` leaves a claim out. */
  claims(audience, changes = {}) {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.url,
      aud: audience,
      sub: 'owner',
      client_id: randomBytes(32).toString('base64url'),
      scope: 'mcp',
      iat: now,
      exp: now + 60,
      jti: randomBytes(16).toString('base64url'),
      htm: 'POST',
      htu: audience,
      ...changes,
    };
  }

  /** Signs claims as it does, or by another key. */
  sign(claims, { privateKey, jwk } = this.key) {
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: jwk.kid, typ: 'JWT' }).sign(privateKey);
  }
}
