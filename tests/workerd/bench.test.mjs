// The benchmark runs, and says what it has measured on which machine. What the numbers are is no matter here.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { NOT_KNOWN } from '../../bench/explanations.mjs';
import { partsOf } from '../../bench/pages.mjs';
import { ROOT } from '../../scripts/process.mjs';

const SIDES = ['directly', 'bare', 'sameSteps', 'provider', 'unsigned', 'gatelodge'];

async function bench(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [join('scripts', 'bench.mjs'), ...args], { cwd: ROOT });
  return stdout;
}

async function report(folder = join('test-output', 'bench')) {
  return JSON.parse(await readFile(join(ROOT, folder, 'results.json'), 'utf8'));
}

describe('npm run bench', () => {
  test('measures calls of each side, and judges the budgets without failing', async () => {
    const said = await bench('--only', 'calls', '--rounds', '1', '--seconds', '1');
    assert.ok(said.includes(os.cpus()[0].model.trim()), said);
    const { budgets, sections } = await report();
    for (const manner of ['alone', 'together', 'session']) {
      const sides = sections.calls.measured[manner];
      assert.deepEqual(Object.keys(sides), SIDES);
      for (const [name, { title, median, ratio }] of Object.entries(sides)) {
        assert.ok(said.includes(title), title);
        assert.ok(median.count > 0 && median.mean > 0 && median.p50 <= median.p99, `${manner}, ${name}: ${JSON.stringify(median)}`);
        assert.ok(ratio.mean > 0, name);
      }
      assert.equal(sides.bare.ratio.mean, 1);
    }
    assert.deepEqual(budgets.map(({ met }) => typeof met), Array(4).fill('boolean'));
  });

  test('names its sections, and refuses what is none', async () => {
    const help = await bench('--help');
    for (const name of ['calls', 'verification', 'answers', 'streams', 'memory', 'storage', 'start', 'cpu']) assert.match(help, new RegExp(`^  ${name} `, 'm'));
    await assert.rejects(bench('--only', 'nothing'), { code: 2, stderr: /There is no section "nothing"/ });
  });

  test('finds no more operations of storage than were promised, on whichever machine', async () => {
    await bench('--only', 'storage');
    const { budgets } = await report();
    assert.ok(budgets.length >= 15);
    assert.deepEqual(budgets.filter(({ met }) => !met), []);
    // Where none would do as well, it would not be seen that the clock was not set.
    const late = budgets.find(({ what }) => what === 'Ledger calls, call, status of the grant too old');
    assert.equal(late.measured, 1);
  });

  test('has written the figures in the pages, and explains what is not met', async () => {
    for (const { page, part, made } of partsOf(await report('bench'))) {
      assert.equal(part.text, made, page);
      assert.ok(!made.includes(NOT_KNOWN), page);
    }
  });
});
