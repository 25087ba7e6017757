// The platform moves and restarts Ledgers, and says of what failed then that it may be tried again. The edge does so, once, with what can be
// done twice; and never asks a Ledger again that has too much to do.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { SAYS_SO, SURFACES } from './support/surfaces.mjs';
import { ordering, startWrappedEdge } from './support/wrapped_edge.mjs';

const { edge } = await edgeAndHome({}, startWrappedEdge);

/** Prepares and attempts it; the answer, and how often that Ledger was asked in vain. */
async function attempted({ prepare, at, skip }, order) {
  const one = await prepare(edge);
  await edge.operations();
  const answer = await one.attempt(ordering({ at, skip, ...order }));
  const failed = (await edge.operations()).filter((operation) => operation.how === order.how).length;
  return { ...one, answer, failed };
}

// What asks the Ledgers of several grants is told from one by nothing else.
const surfaces = SURFACES.filter(({ at, alone }) => at === 'LEDGER' && !alone);

for (const how of ['retryable', 'retryable after']) {
  for (const surface of surfaces.filter(({ repeats }) => repeats)) {
    test(`${surface.name} is done all the same (${how})`, async () => {
      const { answer, done, failed } = await attempted(surface, { how, times: 1 });
      assert.equal(failed, 1);
      await done(answer);
    });
  }
}

for (const surface of surfaces.filter(({ repeats }) => repeats)) {
  test(`${surface.name} is tried twice, and not more often`, async () => {
    const { answer, failed } = await attempted(surface, { how: 'retryable' });
    assert.equal(failed, 2);
    SAYS_SO[surface.says](answer);
  });
}

for (const surface of surfaces.filter(({ repeats }) => !repeats)) {
  test(`${surface.name} is not tried again`, async () => {
    const { answer, failed } = await attempted(surface, { how: 'retryable' });
    assert.equal(failed, 1);
    SAYS_SO[surface.says](answer);
  });
}

for (const surface of surfaces) {
  test(`${surface.name} is not tried again when there is too much to do`, async () => {
    const { answer, failed } = await attempted(surface, { how: 'overloaded' });
    assert.equal(failed, 1);
    SAYS_SO[surface.says](answer);
  });
}
