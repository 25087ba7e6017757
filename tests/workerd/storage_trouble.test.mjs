// When storage fails, is slow or does not answer at all, everybody is told so in time and in the form of their surface, nothing is half done,
// and when it is over the same request succeeds.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { inTime } from './support/eventually.mjs';
import { startOrigin } from './support/origin.mjs';
import { GOES_ON, SAYS_SO, SURFACES } from './support/surfaces.mjs';
import { ordering, startWrappedEdge } from './support/wrapped_edge.mjs';

/** The edge waits ten seconds for storage. */
const DEADLINE = 15_000;
const FAULTS = {
  throw: ['LEDGER', 'REGISTER', 'SIGN_IN_LIMIT', 'GRANT_LIMIT'],
  hang: ['LEDGER', 'REGISTER', 'SIGN_IN_LIMIT', 'GRANT_LIMIT'],
  429: ['REGISTER'],
  retryable: ['LEDGER'],
  overloaded: ['LEDGER'],
};

let edges;
let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin.stop());

/** Prepares all, and has it fail, or be slow, at the same moment. */
async function attemptAll(surfaces, how) {
  const [others, alone] = [await startWrappedEdge({ ORIGIN: origin.url }), await startWrappedEdge({ ORIGIN: origin.url })];
  edges = [others, alone];
  const cases = [];
  for (const surface of surfaces) cases.push({ ...surface, ...(await surface.prepare(surface.alone ? alone : others)) });
  for (const one of cases) one.before = await stored(one);
  await Promise.all(edges.map((edge) => edge.operations()));
  const attempts = cases.map(({ name, at, method, skip, attempt }) =>
    inTime(attempt(ordering({ at, method, skip, how, ms: 300 })), name, DEADLINE),
  );
  const answers = await Promise.allSettled(attempts);
  const operations = (await Promise.all(edges.map((edge) => edge.operations()))).flat();
  const ordered = operations.filter((operation) => operation.how !== undefined);
  for (const [at, one] of cases.entries()) Object.assign(one, { answer: answers[at], after: await stored(one) });
  return { cases, ordered };
}

/** What is stored of a client. */
async function stored({ client, alone, rows }) {
  if (!client) return undefined;
  const { register, ledgers } = await edges[alone ? 1 : 0].content();
  const digest = createHash('sha256').update(client.id).digest('base64url');
  return {
    rows: rows ? undefined : Object.entries(register).filter(([name]) => name.includes(digest)),
    ledgers: Object.values(ledgers).filter(({ entries }) => entries.grant?.includes(client.id)),
  };
}

/** What was answered in time. */
function answerOf({ answer }) {
  if (answer.status === 'rejected') throw answer.reason;
  return answer.value;
}

for (const [how, places] of Object.entries(FAULTS)) {
  describe(`storage that does so: ${how}`, () => {
    const surfaces = SURFACES.filter(({ at }) => places.includes(at));
    const going = GOES_ON.filter(({ at }) => places.includes(at));
    let cases;
    let ordered;
    before(async () => ({ cases, ordered } = await attemptAll([...surfaces, ...going], how)));
    after(() => Promise.all(edges.map((edge) => edge.stop())));
    const of = (surface) => cases.find(({ name }) => name === surface.name);

    for (const surface of surfaces) {
      test(`${surface.name} says so and does nothing, and is done when it is over`, async () => {
        const one = of(surface);
        const answer = answerOf(one);
        await SAYS_SO[one.says](answer);
        assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
        if (!one.admits) assert.deepEqual(one.after, one.before);
        await one.done(await one.attempt({}));
      });
    }

    for (const surface of going) {
      test(`${surface.name} goes on`, async () => {
        const one = of(surface);
        await one.done(answerOf(one));
      });
    }

    test('all of it was so', () => {
      assert.ok(ordered.length >= cases.length, `${ordered.length} operations`);
      assert.deepEqual([...new Set(ordered.map((operation) => operation.how))], [how]);
    });
  });
}

describe('storage that does it, and whose answer is lost', () => {
  let cases;
  before(async () => ({ cases } = await attemptAll(SURFACES, 'throw after')));
  after(() => Promise.all(edges.map((edge) => edge.stop())));

  for (const { name } of SURFACES) {
    test(`${name} says so, and can be repeated if it may be done twice`, async () => {
      const one = cases.find((other) => other.name === name);
      await SAYS_SO[one.says](answerOf(one));
      await (one.again ?? one.done)(await one.attempt({}));
    });
  }
});

describe('storage that is slow', () => {
  let cases;
  before(async () => ({ cases } = await attemptAll([...SURFACES, ...GOES_ON], 'slow')));
  after(() => Promise.all(edges.map((edge) => edge.stop())));

  for (const { name } of [...SURFACES, ...GOES_ON]) {
    test(`${name} is done`, async () => {
      const one = cases.find((other) => other.name === name);
      await one.done(answerOf(one));
    });
  }
});
