// An application that is built on the MCP SDK, from the address that its user typed to a connection.

import assert from 'node:assert/strict';

import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { Browser } from './browser.mjs';
import { MemoryProvider } from './sdk_provider.mjs';
import { decide } from './sign_in.mjs';

/** Connects with what the provider remembers. */
export async function connectSdk(url, provider, Transport = StreamableHTTPClientTransport) {
  const client = new Client({ name: 'sdk-test', version: '1.0.0' });
  const transport = new Transport(new URL(url), { authProvider: provider });
  await client.connect(transport);
  return { client, transport, provider };
}

/** Connects for the first time: the person signs in. */
export async function signInSdk(
  url,
  { provider = new MemoryProvider(), browser = new Browser(), Transport = StreamableHTTPClientTransport } = {},
) {
  await authorizeSdk(url, { provider, browser, Transport });
  return connectSdk(url, provider, Transport);
}

/** The person signs in, and the provider has tokens. */
export async function authorizeSdk(
  url,
  { provider = new MemoryProvider(), browser = new Browser(), Transport = StreamableHTTPClientTransport } = {},
) {
  const transport = new Transport(new URL(url), { authProvider: provider });
  const client = new Client({ name: 'sdk-test', version: '1.0.0' });
  await assert.rejects(client.connect(transport), UnauthorizedError);
  const callback = await decide(browser, provider.sentTo.at(-1));
  assert.equal(callback.searchParams.get('state'), provider.state());
  await transport.finishAuth(callback.searchParams.get('code'));
  return provider;
}
