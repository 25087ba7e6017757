// An application on version 1 of the TypeScript SDK.
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { MemoryProvider } from '../../workerd/support/sdk_provider.mjs';
import { SdkApplication } from './sdk_application.mjs';

export class Application extends SdkApplication {
  constructor(options) {
    super(options, new MemoryProvider({ name: options.name }));
  }

  newClient() {
    return new Client(this.information);
  }

  newTransport() {
    return new StreamableHTTPClientTransport(this.url, { authProvider: this.provider });
  }

  isUnauthorized(failure) {
    return failure instanceof UnauthorizedError;
  }

  /** This version has no place for the issuer of the answer. */
  finish(transport, answer) {
    return transport.finishAuth(answer.get('code'));
  }

  callTool(client, call, options) {
    return client.callTool(call, undefined, options);
  }
}
