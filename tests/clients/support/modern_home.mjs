// The server at home that speaks both eras of the protocol.

import { fileURLToPath } from 'node:url';

import { startServer } from '../../workerd/support/everything.mjs';

const MAIN = fileURLToPath(new URL('../node/home.mjs', import.meta.url));

export function startModernHome() {
  return startServer('the server of the newer era', [MAIN]);
}
