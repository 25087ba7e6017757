// In workerd, in place of the platform's clock: one that can be set, so that a page is old without anybody having waited.

let ahead = 0;

const Platform = Date;

globalThis.Date = class extends Platform {
  constructor(...given) {
    super(...(given.length > 0 ? given : [Platform.now() + ahead]));
  }

  static now() {
    return Platform.now() + ahead;
  }
};

export function setClock(seconds) {
  ahead = seconds * 1_000;
}
