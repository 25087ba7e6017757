// A sign-in by oauth4webapi, which takes nothing for granted: it compares every identifier, requires every member, and parses every challenge.
import * as oauth from 'oauth4webapi';

/** On this machine the edge speaks plain http, which the library has to be told. */
export const INSECURE = { [oauth.allowInsecureRequests]: true };
const REDIRECT_URI = 'http://localhost:33418/callback';
const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });

export class SignIn {
  /** From the address that its user typed to a registration: by the document that a challenge names, or where RFC 9728 puts it. */
  static async begin(resource, name, metadata) {
    const document = await (metadata ? fetch(metadata) : oauth.resourceDiscoveryRequest(resource, INSECURE));
    const { authorization_servers: servers } = await oauth.processResourceDiscoveryResponse(resource, document);
    const issuer = new URL(servers[0]);
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
    const server = await oauth.processDiscoveryResponse(issuer, found);
    const registration = await oauth.dynamicClientRegistrationRequest(server, metadataOf(name), INSECURE);
    return new SignIn(resource, server, await oauth.processDynamicClientRegistrationResponse(registration));
  }

  constructor(resource, server, client) {
    this.resource = resource;
    this.server = server;
    this.client = client;
  }

  /** The same, by another client. */
  as(client) {
    return new SignIn(this.resource, this.server, client);
  }

  /** An authorization request: its address, and what only this client knows of it. */
  async ask() {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(this.server.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: this.client.client_id,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      redirect_uri: REDIRECT_URI,
      resource: this.resource.href,
      response_type: 'code',
      scope: 'mcp',
      state,
    });
    return { url: url.href, verifier, state };
  }

  /** What the browser came back with, once its `state` and `iss` are as they have to be. */
  accept(callback, state) {
    return oauth.validateAuthResponse(this.server, this.client, callback, state);
  }

  async redeem(answer, verifier, redirectUri = REDIRECT_URI) {
    const { server, client } = this;
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirectUri, verifier, this.#options());
    return oauth.processAuthorizationCodeResponse(server, client, response);
  }

  async refresh(token) {
    const response = await oauth.refreshTokenGrantRequest(this.server, this.client, oauth.None(), token, this.#options());
    return oauth.processRefreshTokenResponse(this.server, this.client, response);
  }

  async revoke(token) {
    const response = await oauth.revocationRequest(this.server, this.client, oauth.None(), token, INSECURE);
    return oauth.processRevocationResponse(response);
  }

  /** What the resource says to a call with this token; a challenge is an error. */
  call(token) {
    const headers = new Headers({ 'content-type': 'application/json' });
    return oauth.protectedResourceRequest(token, 'POST', this.resource, headers, PING, INSECURE);
  }

  #options() {
    return { additionalParameters: { resource: this.resource.href }, ...INSECURE };
  }
}

function metadataOf(name) {
  return {
    client_name: name,
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [REDIRECT_URI],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}
