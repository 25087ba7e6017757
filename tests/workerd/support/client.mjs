// An OAuth client that does what it is told, right or wrong: every parameter can be replaced or left out.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

import { present } from './send.mjs';

export const CALLBACK = 'https://client.example/callback';

const REGISTRATION = {
  client_name: 'Test Client',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [CALLBACK],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

export class Client {
  static async register(edge, metadata = {}) {
    const reply = await edge.post('/register', { json: present({ ...REGISTRATION, ...metadata }) });
    assert.equal(reply.status, 201, reply.text);
    return new Client(edge, reply.json());
  }

  constructor(edge, registration) {
    this.edge = edge;
    this.registration = registration;
    this.id = registration.client_id;
    this.redirectUri = registration.redirect_uris[0];
  }

  /** A fresh authorization request: its URL and what only this client knows about it. */
  authorization(replaced = {}) {
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(8).toString('base64url');
    const parameters = {
      client_id: this.id,
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
      redirect_uri: this.redirectUri,
      resource: this.edge.mcp,
      response_type: 'code',
      scope: 'mcp',
      state,
      ...replaced,
    };
    const query = new URLSearchParams(present(parameters));
    return { url: `${this.edge.url}/authorize?${query}`, verifier, state, redirectUri: parameters.redirect_uri };
  }

  redeem(code, verifier, replaced = {}, options = {}) {
    return this.token(
      {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: this.redirectUri,
        resource: this.edge.mcp,
        ...replaced,
      },
      options,
    );
  }

  refresh(refreshToken, replaced = {}, options = {}) {
    return this.token(
      { grant_type: 'refresh_token', refresh_token: refreshToken, resource: this.edge.mcp, ...replaced },
      options,
    );
  }

  token(parameters, options = {}) {
    return this.#authenticated('/token', parameters, options);
  }

  revoke(token, replaced = {}, options = {}) {
    return this.#authenticated('/revoke', { token, ...replaced }, options);
  }

  #authenticated(path, parameters, { headers = {} } = {}) {
    const own = this.#credentials();
    return this.edge.post(path, {
      form: { ...own.form, ...parameters },
      headers: present({ ...own.headers, ...headers }),
    });
  }

  #credentials() {
    const { client_secret: secret, token_endpoint_auth_method: method } = this.registration;
    if (method === 'client_secret_basic') return { form: {}, headers: { authorization: basic(this.id, secret) } };
    if (method === 'client_secret_post') return { form: { client_id: this.id, client_secret: secret }, headers: {} };
    return { form: { client_id: this.id }, headers: {} };
  }
}

export function challengeOf(verifier) {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
export function basic(id, secret) {
  const encoded = [id, secret].map((half) => new URLSearchParams({ x: half }).toString().slice(2));
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
}
