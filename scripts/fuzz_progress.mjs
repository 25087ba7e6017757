// What libFuzzer says, in fewer words.
import { say } from './process.mjs';

export class Progress {
  /** The last lines, and those that say what went wrong. */
  #lines = [];
  #words = [];
  #speaks = false;
  #rest = '';
  #state;

  read(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) {
      const [, inputs, places] = line.match(/^#(\d+)\s.* cov: (\d+) /) ?? [];
      const [, speed] = line.match(/ exec\/s: (\d+)/) ?? [];
      if (inputs) this.#state = { inputs, places, speed };
      else if (line.trim()) this.#hear(line);
    }
  }

  show() {
    if (!this.#state) return;
    const [inputs, places, speed] = ['inputs', 'places', 'speed'].map((name) => Number(this.#state[name]).toLocaleString('en'));
    say(`  ${inputs} inputs, ${speed} a second; ${places} places in the code reached`);
  }

  #hear(line) {
    this.#lines = [...this.#lines, line].slice(-20);
    if (/^(stack backtrace:|note: run with|==\d+==)/.test(line)) this.#speaks = false;
    if (/ panicked at /.test(line)) this.#speaks = true;
    if (this.#speaks || /ERROR: libFuzzer: |Test unit written to /.test(line)) this.#words.push(line);
  }

  showWords() {
    say((this.#words.length > 0 ? this.#words : this.#lines).join('\n'));
  }
}
