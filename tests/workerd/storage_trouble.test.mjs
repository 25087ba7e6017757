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

/** How an answer is lost of what was done: the way back breaks, or it comes after everybody has gone. */
const LOSSES = ['throw after', 'late'];
const MILLISECONDS = { late: 30_000, slow: 300 };

let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin.stop());

/** A describe with all of these prepared, and attempted at the same moment while storage does so. */
function whileStorage(how, words, surfaces, tests) {
  describe(words, { concurrency: 1 }, () => {
    const run = { cases: new Map(), ordered: [] };
    before(async () => {
      run.edges = [await startWrappedEdge({ ORIGIN: origin.url }), await startWrappedEdge({ ORIGIN: origin.url })];
      const [others, alone] = run.edges;
      for (const surface of surfaces) {
        const edge = surface.alone ? alone : others;
        const prepared = await surface.prepare(edge);
        run.cases.set(surface.name, { ...surface, ...prepared, edge, before: await stored(edge, surface, prepared) });
      }
      for (const edge of run.edges) await edge.operations();
      await Promise.all([...run.cases.values()].map((one) => attempt(one, how)));
      for (const edge of run.edges) run.ordered.push(...(await edge.operations()).filter((operation) => operation.how !== undefined));
    });
    after(() => Promise.all(run.edges.map((edge) => edge.stop())));
    tests(run);
  });
}

async function attempt(one, how) {
  const { name, at, method, skip } = one;
  const order = ordering({ at, method, skip, how, ms: MILLISECONDS[how] });
  try {
    one.answer = await inTime(one.attempt(order), name, DEADLINE);
  } catch (failure) {
    one.failure = failure;
  }
  one.after = await stored(one.edge, one, one);
}

/** What is stored of a client. */
async function stored(edge, { rows }, { client }) {
  if (!client) return undefined;
  const { register, ledgers } = await edge.content();
  const digest = createHash('sha256').update(client.id).digest('base64url');
  return {
    rows: rows ? undefined : Object.entries(register).filter(([name]) => name.includes(digest)),
    ledgers: Object.values(ledgers).filter(({ entries }) => entries.grant?.includes(client.id)),
  };
}

function answerOf({ answer, failure }) {
  if (failure) throw failure;
  return answer;
}

function assertSaysSo(one) {
  const answer = answerOf(one);
  SAYS_SO[one.says](answer);
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
}

// Most of the time is waiting.
describe('storage', { concurrency: true }, () => {
  for (const [how, places] of Object.entries(FAULTS)) {
    const surfaces = SURFACES.filter(({ at }) => places.includes(at));
    const going = GOES_ON.filter(({ at }) => places.includes(at));
    whileStorage(how, `that does so: ${how}`, [...surfaces, ...going], (run) => {
      for (const { name } of surfaces) {
        test(`${name} says so and does nothing, and is done when it is over`, async () => {
          const one = run.cases.get(name);
          assertSaysSo(one);
          if (!one.admits) assert.deepEqual(one.after, one.before);
          await one.done(await one.attempt({}));
        });
      }

      for (const { name } of going) {
        test(`${name} goes on`, async () => {
          const one = run.cases.get(name);
          await one.done(answerOf(one));
        });
      }

      test('all of it was so', () => {
        assert.ok(run.ordered.length >= run.cases.size, `${run.ordered.length} operations`);
        assert.deepEqual([...new Set(run.ordered.map((operation) => operation.how))], [how]);
      });
    });
  }

  for (const how of LOSSES) {
    whileStorage(how, `that does it, and whose answer is lost: ${how}`, SURFACES, (run) => {
      for (const { name } of SURFACES) {
        test(`${name} says so, and can be repeated if it may be done twice`, async () => {
          const one = run.cases.get(name);
          assertSaysSo(one);
          await (one.again ?? one.done)(await one.attempt({}));
        });
      }
    });
  }

  whileStorage('slow', 'that is slow', [...SURFACES, ...GOES_ON], (run) => {
    for (const { name } of [...SURFACES, ...GOES_ON]) {
      test(`${name} is done`, async () => {
        const one = run.cases.get(name);
        await one.done(answerOf(one));
      });
    }
  });
});
