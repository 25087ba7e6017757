// The benchmark runs, and says what it has measured on which machine. What the numbers are is no matter here.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { ROOT, output } from '../../scripts/process.mjs';

const SIDES = ['directly', 'bare', 'sameSteps', 'provider', 'unsigned', 'gatelodge'];

const bench = (...args) => output(process.execPath, [join('scripts', 'bench.mjs'), ...args]);

describe('npm run bench', () => {
  test('measures calls of each side, and judges the budgets without failing', async () => {
    const said = await bench('--only', 'calls', '--rounds', '1', '--seconds', '0.1');
    assert.ok(said, 'it ended with exit code 0');
    assert.ok(said.includes(os.cpus()[0].model.trim()), said);
    const report = JSON.parse(await readFile(join(ROOT, 'test-output', 'bench', 'results.json'), 'utf8'));
    for (const manner of ['alone', 'together', 'session']) {
      const sides = report.sections.calls.measured[manner];
      assert.deepEqual(Object.keys(sides), SIDES);
      for (const [name, { title, median, ratio }] of Object.entries(sides)) {
        assert.ok(said.includes(title), title);
        assert.ok(median.count > 0 && median.mean > 0 && median.p50 <= median.p99, `${manner}, ${name}: ${JSON.stringify(median)}`);
        assert.ok(ratio.mean > 0, name);
      }
      assert.equal(sides.bare.ratio.mean, 1);
    }
    assert.deepEqual(report.budgets.map(({ met }) => typeof met), Array(4).fill('boolean'));
  });

  test('names its sections, and refuses what is none', async () => {
    const help = await bench('--help');
    for (const name of ['calls', 'verification', 'answers', 'streams', 'memory', 'storage', 'start', 'cpu']) assert.match(help, new RegExp(`^  ${name} `, 'm'));
    assert.equal(await bench('--only', 'nothing'), undefined);
  });
});
