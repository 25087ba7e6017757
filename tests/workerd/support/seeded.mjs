// Randomness that a failing test can repeat.

export class Seeded {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** mulberry32 */
  number() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit) {
    return Math.floor(this.number() * limit);
  }

  of(list) {
    return list[this.below(list.length)];
  }

  chance(probability) {
    return this.number() < probability;
  }
}
