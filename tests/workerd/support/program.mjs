// An application in another language, as a program. It takes orders as lines of JSON and answers with such lines: `open` is
// an address for its user's browser, `progress` a step of a running call, and anything else what became of the order.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { onExit } from '../../../scripts/process.mjs';
import { inTime } from './eventually.mjs';

/** What the application itself says when it fails. */
class Failure extends Error {}

export class Program {
  #child;
  #forget;
  #lines;
  #open;

  /** `open` is its user's browser: it is given an address, and answers with the one at which the browser ended. */
  constructor([program, ...args], { env, open }) {
    this.#open = open;
    this.#child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#forget = onExit(() => this.#child.kill());
  }

  async connect() {
    await this.#order({ do: 'connect' });
  }

  async tools() {
    return (await this.#order({ do: 'tools' })).tools;
  }

  async call(name, args, onprogress) {
    return (await this.#order({ do: 'call', name, arguments: args }, onprogress)).said;
  }

  async stop() {
    this.#forget();
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async #order(order, onprogress) {
    this.#say(order);
    for (;;) {
      const answer = await this.#hear(order);
      if (answer.failed) throw new Failure(answer.failed);
      if (answer.open) this.#say({ callback: await this.#open(answer.open) });
      else if (answer.progress) onprogress?.(answer);
      else return answer;
    }
  }

  #say(words) {
    this.#child.stdin.write(`${JSON.stringify(words)}\n`);
  }

  async #hear(order) {
    const { value, done } = await inTime(this.#lines.next(), `an answer to ${JSON.stringify(order)}`, 30_000);
    if (done) throw new Error(`the application ended instead of an answer to ${JSON.stringify(order)}`);
    return JSON.parse(value);
  }
}
