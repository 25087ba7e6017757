// An application on version 2 of the TypeScript SDK, in either era of the protocol.
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';

import { MemoryProvider } from '../../workerd/support/sdk_provider.mjs';
import { SdkApplication } from './sdk_application.mjs';

/** Of this version an application also remembers which server it asked, so that another one's answer is not taken. */
class Provider extends MemoryProvider {
  #discovered;

  discoveryState() {
    return this.#discovered;
  }

  saveDiscoveryState(state) {
    this.#discovered = state;
  }
}

export class Application extends SdkApplication {
  #mode;

  /** `mode` is the SDK's word for which protocol is spoken, `document` the address of one that describes the client. */
  constructor({ mode, document, ...options }) {
    super(options, new Provider({ name: options.name, clientMetadataUrl: document }));
    this.#mode = mode;
  }

  newClient() {
    return new Client(this.information, { versionNegotiation: { mode: this.#mode } });
  }

  newTransport() {
    return new StreamableHTTPClientTransport(this.url, { authProvider: this.provider });
  }

  isUnauthorized(failure) {
    return failure instanceof UnauthorizedError;
  }

  finish(transport, answer) {
    return transport.finishAuth(answer);
  }

  callTool(client, call, options) {
    return client.callTool(call, options);
  }
}
