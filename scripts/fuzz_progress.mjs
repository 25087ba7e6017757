// What libFuzzer says, in fewer words.
import { say } from './process.mjs';

export class Progress {
  #lines = [];
  #rest = '';
  #state;

  read(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) {
      const [, inputs, places] = line.match(/^#(\d+)\s.* cov: (\d+) /) ?? [];
      const [, speed] = line.match(/ exec\/s: (\d+)/) ?? [];
      if (inputs) this.#state = { inputs, places, speed };
      else if (line.trim()) this.#lines = [...this.#lines, line].slice(-60);
    }
  }

  show() {
    if (!this.#state) return;
    const [inputs, places, speed] = ['inputs', 'places', 'speed'].map((name) => Number(this.#state[name]).toLocaleString('en'));
    say(`  ${inputs} inputs, ${speed} a second; ${places} places in the code reached`);
  }

  showWords() {
    const begin = this.#lines.findIndex((line) => /panicked at|^==\d+==/.test(line));
    say([...this.#lines.slice(Math.max(begin, 0)), this.#rest].join('\n'));
  }
}
