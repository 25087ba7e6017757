// An application on the TypeScript SDK, as far as it is the same in both versions. What is not, a subclass has.

export class SdkApplication {
  #client;
  #transport;

  /** `open` is its user's browser: it is given an address, and answers with the one at which the browser ended. */
  constructor({ url, name, open }, provider) {
    this.url = new URL(url);
    this.information = { name, version: '1.0.0' };
    this.open = open;
    this.provider = provider;
  }

  /** Signs in if need be. */
  async connect() {
    try {
      await this.#attempt();
    } catch (failure) {
      if (!this.isUnauthorized(failure)) throw failure;
      const { searchParams } = await this.open(this.provider.sentTo.at(-1));
      await this.finish(this.#transport, searchParams);
      await this.#attempt();
    }
  }

  async tools() {
    const { tools } = await this.#client.listTools();
    return tools.map(({ name }) => name);
  }

  async call(name, args, onprogress) {
    const { content } = await this.callTool(this.#client, { name, arguments: args }, { onprogress });
    return content[0].text;
  }

  async stop() {
    await this.#client?.close();
  }

  async #attempt() {
    this.#transport = this.newTransport();
    this.#client = this.newClient();
    await this.#client.connect(this.#transport);
  }
}
