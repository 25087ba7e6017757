// An application that has oauth4webapi for its sign-in, and knows just enough of MCP to call a tool.
import { EventSourceParserStream } from 'eventsource-parser/stream';
import * as oauth from 'oauth4webapi';

import { INSECURE, SignIn } from './strict_sign_in.mjs';

const PROTOCOL = '2025-11-25';

export class Application {
  #headers;
  #id = 0;
  #signIn;
  #tokens;

  /** `open` is its user's browser: it is given an address, and answers with the one at which the browser ended. */
  constructor({ url, name, open }) {
    this.url = new URL(url);
    this.name = name;
    this.open = open;
  }

  /** Signs in if need be, and begins a session. */
  async connect() {
    this.#headers = new Headers({ accept: 'application/json, text/event-stream', 'content-type': 'application/json' });
    const initialize = { protocolVersion: PROTOCOL, capabilities: {}, clientInfo: { name: this.name, version: '1.0.0' } };
    let response;
    try {
      response = await this.#post('initialize', initialize);
    } catch (challenge) {
      if (!(challenge instanceof oauth.WWWAuthenticateChallengeError)) throw challenge;
      await this.#authorize(challenge.cause[0].parameters.resource_metadata);
      response = await this.#post('initialize', initialize);
    }
    await resultOf(response);
    this.#headers.set('mcp-session-id', response.headers.get('mcp-session-id'));
    this.#headers.set('mcp-protocol-version', PROTOCOL);
    await this.#post('notifications/initialized');
  }

  async tools() {
    const { tools } = await resultOf(await this.#post('tools/list', {}));
    return tools.map(({ name }) => name);
  }

  async call(name, args, onprogress) {
    const response = await this.#postOrRefresh('tools/call', { name, arguments: args, _meta: { progressToken: 'p' } });
    const { content } = await resultOf(response, onprogress);
    return content[0].text;
  }

  async stop() {}

  async #authorize(metadata) {
    this.#signIn ??= await SignIn.begin(this.url, this.name, metadata);
    const { url, verifier, state } = await this.#signIn.ask();
    const answer = this.#signIn.accept(await this.open(url), state);
    this.#tokens = await this.#signIn.redeem(answer, verifier);
  }

  async #postOrRefresh(method, params) {
    try {
      return await this.#post(method, params);
    } catch (challenge) {
      if (!(challenge instanceof oauth.WWWAuthenticateChallengeError)) throw challenge;
      await this.#refresh();
      return this.#post(method, params);
    }
  }

  /** What was rejected is not sent again. */
  async #refresh() {
    const { refresh_token: token } = this.#tokens;
    this.#tokens = undefined;
    this.#tokens = await this.#signIn.refresh(token);
  }

  #post(method, params) {
    const message = { jsonrpc: '2.0', method, ...(params && { id: (this.#id += 1), params }) };
    // The library has no request without a token, but parses the challenge to one.
    const options = this.#tokens ? INSECURE : { ...INSECURE, [oauth.customFetch]: withoutToken };
    return oauth.protectedResourceRequest(this.#tokens?.access_token ?? 'none', 'POST', this.url, this.#headers, JSON.stringify(message), options);
  }
}

function withoutToken(url, { headers, ...init }) {
  const { authorization: _, ...others } = headers;
  return fetch(url, { ...init, headers: others });
}

/** Of an answer, or of the stream that ends with one. */
async function resultOf(response, onprogress) {
  if (response.headers.get('content-type').startsWith('application/json')) return (await response.json()).result;
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    const message = data && JSON.parse(data);
    if (message?.result) return message.result;
    if (message?.method === 'notifications/progress') onprogress?.(message.params);
  }
  throw new Error('the stream ended without a result');
}
