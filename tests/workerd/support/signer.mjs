// A client's own key, and the assertions that are signed with it (RFC 7523 §2.2).

import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';

const KINDS = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

export class Signer {
  constructor(alg, kid) {
    const { privateKey, publicKey } = KINDS[alg]();
    this.alg = alg;
    this.kid = kid;
    this.privateKey = privateKey;
    this.jwk = { ...publicKey.export({ format: 'jwk' }), alg, kid, use: 'sig' };
  }

  /** The two parameters of a request; the claims, and the header, can be replaced or left out. */
  authenticate(client, claims = {}, header = {}) {
    const now = Math.floor(Date.now() / 1000);
    const assertion = this.sign(
      { alg: this.alg, kid: this.kid, typ: 'JWT', ...header },
      { iss: client.id, sub: client.id, aud: client.edge.url, exp: now + 300, iat: now, jti: randomUUID(), ...claims },
    );
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
  }

  sign(header, claims) {
    const message = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(message), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${message}.${signature.toString('base64url')}`;
  }
}
