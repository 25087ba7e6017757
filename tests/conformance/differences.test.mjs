// The comparison of two runs sees what it should see, and no more.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { differences } from './support/differences.mjs';

const check = (more = {}) => ({ id: 'a-check', status: 'SUCCESS', timestamp: '2026-10-01T00:00:00Z', details: { statusCode: 200, url: 'http://127.0.0.1:1/mcp' }, ...more });
const NEXT_RUN = check({ timestamp: '2026-10-02T00:00:00Z', details: { statusCode: 200, url: 'http://127.0.0.1:2/mcp' } });

test('identifiers, times and ports are no difference', () => {
  assert.deepEqual(differences({ one: [check()] }, { one: [NEXT_RUN] }), []);
});

const DIFFERENT = [
  ['another ending', { one: [check({ status: 'WARNING' })] }],
  ['another detail', { one: [check({ details: { statusCode: 202, url: 'http://127.0.0.1:1/mcp' } })] }],
  ['a detail that is missing', { one: [check({ details: { statusCode: 200 } })] }],
  ['another order', { one: [check({ id: 'another' }), check()] }],
  ['a check that is missing', { one: [] }],
  ['a scenario that is missing', {}],
  ['a scenario that is too many', { one: [check()], two: [check()] }],
];
for (const [what, gate] of DIFFERENT) {
  test(`${what} is a difference, and is named`, () => {
    const found = differences({ one: [check()] }, gate);
    assert.match(found[0], /^(one|two): .* became /);
  });
}

test('what the gate adds must be there', () => {
  const answer = (headers) => ({ one: [{ id: 'incoming-response', status: 'INFO', details: { headers } }] });
  assert.equal(differences(answer({ vary: 'Origin' }), answer({ vary: 'Origin' })).length, 1);
  assert.deepEqual(differences(answer({}), answer({ vary: 'Origin', 'x-content-type-options': 'nosniff' })), []);
});
