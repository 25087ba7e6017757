// What an application brings to the MCP SDK: a memory for its credentials, and a browser that it opens.

export class MemoryProvider {
  /** Where the SDK wanted to send the person, oldest first. */
  sentTo = [];
  #client;
  #tokens;
  #verifier;

  constructor({ name = 'SDK Client', redirectUrl = 'http://localhost:33418/callback', method = 'none', clientMetadataUrl } = {}) {
    this.name = name;
    this.redirectUrl = redirectUrl;
    this.method = method;
    /** The address of a document that describes the client, for versions of the SDK that know of such. */
    this.clientMetadataUrl = clientMetadataUrl;
  }

  get clientMetadata() {
    return {
      client_name: this.name,
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
