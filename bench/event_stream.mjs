// A client's end of an event stream: how long each event was under way.
import { createParser } from 'eventsource-parser';
import { Stop } from '../scripts/process.mjs';
import { inTime } from '../tests/workerd/support/eventually.mjs';
import { open } from '../tests/workerd/support/send.mjs';

export class EventStream {
  /** Comments that have come. */
  beats = 0;
  /** Events that have come. */
  count = 0;
  #request;
  #delays = [];
  #seen;
  #waiting;

  /** Resolves once the head is there. */
  static async open({ url, ...target }) {
    const { request, response } = await open(url, target);
    if (response.statusCode !== 200) throw new Stop(`${url} was to answer with a stream; it answered ${response.statusCode}`);
    return new EventStream(request, response);
  }

  constructor(request, response) {
    const parser = createParser({ onEvent: (event) => this.#take(event), onComment: () => (this.beats += 1) });
    response.setEncoding('utf8');
    response.on('data', (text) => {
      this.#seen = process.hrtime.bigint();
      parser.feed(text);
    });
    this.ended = new Promise((resolve) => response.on('close', resolve));
    // A stream that is closed here is no failure.
    request.on('error', () => {});
    this.#request = request;
  }

  #take({ data }) {
    this.count += 1;
    const { at } = JSON.parse(data).params;
    this.#delays.push(Number(this.#seen - BigInt(at)) / 1e6);
    this.#waiting?.();
  }

  /** The delays of the next events, in milliseconds. */
  async next(count = 1) {
    await inTime(this.#come(count), `${count} events`, 120_000);
    return this.#delays.splice(0, count);
  }

  async #come(count) {
    while (this.#delays.length < count) await new Promise((resolve) => (this.#waiting = resolve));
  }

  async close() {
    this.#request.socket.resetAndDestroy();
    await this.ended;
  }
}
