// What most tests of calls need: an edge in front of a stand-in at home, until the tests of the file are over.

import { after, beforeEach } from 'node:test';

import { startEdge } from './edge.mjs';
import { startOrigin } from './origin.mjs';

/**
 * Before each test home forgets what has reached it.
 *
 * @param {Record<string, string>} [vars] what is configured besides
 * @param {Function} [start] starts the edge, if not as it is
 */
export async function edgeAndHome(vars = {}, start = startEdge) {
  const origin = await startOrigin();
  const edge = await start({ ORIGIN: origin.url, ...vars });
  after(async () => {
    await edge.stop();
    await origin.stop();
  });
  beforeEach(() => {
    origin.requests.length = 0;
  });
  return { edge, origin };
}
