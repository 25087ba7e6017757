// What an application brings to the MCP SDK: a memory for its credentials, and a browser that it opens.

export class MemoryProvider {
  /** Where the SDK wanted to send the person, oldest first. */
  sentTo = [];
  #client;
  #tokens;
  #verifier;

  constructor({ redirectUrl = 'http://localhost:33418/callback', method = 'none' } = {}) {
    this.redirectUrl = redirectUrl;
    this.method = method;
  }

  get clientMetadata() {
    return {
      client_name: 'SDK Client',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [this.redirectUrl],
      response_types: ['code'],
      token_endpoint_auth_method: this.method,
    };
  }

  state() {
    return 'state-of-the-sdk';
  }

  clientInformation() {
    return this.#client;
  }

  saveClientInformation(client) {
    this.#client = client;
  }

  tokens() {
    return this.#tokens;
  }

  saveTokens(tokens) {
    this.#tokens = tokens;
  }

  redirectToAuthorization(url) {
    this.sentTo.push(url.href);
  }

  saveCodeVerifier(verifier) {
    this.#verifier = verifier;
  }

  codeVerifier() {
    return this.#verifier;
  }

  invalidateCredentials(scope) {
    if (scope === 'all' || scope === 'client') this.#client = undefined;
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined;
  }
}
