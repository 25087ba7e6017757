// The official conformance suite against an MCP server, directly and through the gate. Whatever it finds, it must find the same both ways.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startEdge } from '../workerd/support/edge.mjs';
import { connect } from '../workerd/support/sign_in.mjs';
import { startHome } from './home/home.mjs';
import { differences } from './support/differences.mjs';
import { EXPECTED_FAILURES, expectedFailures } from './support/expected_failures.mjs';
import { report } from './support/report.mjs';
import { count, explain, runSuite, scenarios, scenariosWith } from './support/suite.mjs';
import { bearToken } from './support/token_bearer.mjs';

const listed = await scenarios('server');
const expected = expectedFailures();

const RUNS = [
  ...listed.revisions.map((revision) => ({ name: revision, args: ['--suite', 'all', '--spec-version', revision], includes: listed.of(revision) })),
  // Extensions are of no revision. The suite has them, with some others, among those that its own example does not pass.
  { name: 'extensions', args: ['--suite', 'pending'], includes: listed.of('extension') },
];
const NEWEST = listed.revisions.at(-1);
const DIRECTLY = 'directly';
const THROUGH_THE_GATE = 'through the gate';

const rows = [];
/** Each way has a home of its own, as its lists change while the suite runs. */
const ways = {};
const started = [];

before(async () => {
  const [home, behind] = await Promise.all([startHome(), startHome()]);
  started.push(home, behind);
  // Heartbeats come as often as they can, so that some come between the messages.
  const edge = await startEdge({ ORIGIN: behind.url, HEARTBEAT_SECONDS: '1' });
  started.push(edge);
  const { tokens } = await connect(edge);
  const bearer = await bearToken(edge, tokens.access_token);
  started.push(bearer);
  ways[DIRECTLY] = { home, url: home.url };
  ways[THROUGH_THE_GATE] = { home: behind, url: bearer.url };
});
after(async () => {
  for (const each of started.reverse()) await each.stop();
  report('The conformance suite, its server scenarios; how many checks passed, and so on:', rows);
  for (const { entry, reason } of expected.server) console.log(`Known to fail: ${entry}: ${reason}`);
  for (const { entry, reason } of expected.skipped) console.log(`Skipped: ${entry}: ${reason}`);
});

for (const { name, args, includes } of RUNS) {
  describe(name, () => {
    const found = {};
    const revision = listed.revisions.includes(name) ? name : NEWEST;
    before(async () => {
      await Promise.all(
        Object.entries(ways).map(async ([way, { home, url }]) => {
          home.speak(revision);
          const folder = `server/${name}/${way.replaceAll(' ', '-')}`;
          found[way] = await runSuite(folder, ['server', '--url', url, ...args, '--expected-failures', EXPECTED_FAILURES]);
          rows.push({ name, way, ...count(found[way]) });
        }),
      );
    });

    for (const way of [DIRECTLY, THROUGH_THE_GATE]) {
      test(`${way}, this revision is spoken, and no newer one`, () => {
        const { heard } = ways[way].home;
        assert.equal(listed.revisions.filter((known) => heard.has(known)).at(-1), revision);
      });

      test(`${way}, every scenario is run, and passes unless it is known to fail`, () => {
        const result = found[way];
        const ran = Object.keys(result.checks);
        assert.deepEqual(includes.filter((scenario) => !ran.includes(scenario)), []);
        assert.deepEqual(scenariosWith(result, 'FAILURE', 'WARNING'), known('server', ran), explain(result));
        assert.deepEqual(scenariosWith(result, 'SKIPPED'), known('skipped', ran), explain(result));
        assert.equal(result.exitCode, 0, explain(result));
      });
    }

    test('each check ends in the same way through the gate, and finds the same', () => {
      assert.deepEqual(differences(found[DIRECTLY].checks, found[THROUGH_THE_GATE].checks), []);
    });
  });
}

test('whatever is known to fail is something that the suite has, and has a reason', () => {
  for (const { entry, reason } of Object.values(expected).flat()) {
    assert.ok(listed.all.includes(scenarioOf(entry)), entry);
    assert.ok(reason?.length > 10, `${entry} has no reason`);
  }
});

/** The scenarios of this list, of those that were run. */
function known(list, ran) {
  const scenarios = new Set(expected[list].map(({ entry }) => scenarioOf(entry)));
  return ran.filter((scenario) => scenarios.has(scenario)).sort();
}

/** An entry is a scenario, or `scenario:check`. */
function scenarioOf(entry) {
  return entry.split(':')[0];
}
