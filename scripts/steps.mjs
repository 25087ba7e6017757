// The steps of `npm test`, in their order. The fast ones come first.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { journeys } from './clients.mjs';
import { assertReadme } from './clients_table.mjs';
import { installPackages } from './packages.mjs';
import { ROOT, run, say } from './process.mjs';

const cargo = (args, env = {}) => () => run('cargo', args, { env: { ...process.env, ...env } });
const WASM = ['--target', 'wasm32-unknown-unknown'];
const STRICT = ['--', '-D', 'warnings'];

export const STEPS = [
  { name: 'format', title: 'the Rust code is formatted', run: cargo(['fmt', '--check']) },
  { name: 'lint', title: 'Clippy, this machine', run: cargo(['clippy', '--locked', '--all-targets', ...STRICT]) },
  { name: 'lint-wasm', title: 'Clippy, the Worker', run: cargo(['clippy', '--locked', ...WASM, ...STRICT]) },
  { name: 'native', title: 'native tests', run: cargo(['test', '--locked']) },
  { name: 'docs', title: 'the documentation of the code', run: cargo(['doc', '--locked', '--no-deps'], { RUSTDOCFLAGS: '-Dwarnings' }) },
  { name: 'build', title: 'the release build', run: bundle },
  { name: 'programs', title: 'the programs that the black-box tests talk to', run: programs },
  { name: 'worker', title: 'black-box tests against the built Worker', run: workerTests, needs: ['build', 'programs'], hasSummary: true },
  { name: 'conformance', title: 'the official MCP conformance suite', run: conformance, needs: ['build'], hasSummary: true },
  { name: 'clients', title: 'real clients, and the README’s table of them', run: realClients, needs: ['build'], hasSummary: true },
  { name: 'long', title: 'a silence of 150 seconds; only when it is named', run: longTests, needs: ['build'], hasSummary: true, isExtra: true },
];

/** Compiles and installs, once for a machine; what is missing there is said by the tests. */
async function programs() {
  const { prepareAxe } = await import('../tests/workerd/accessibility/audit.mjs');
  const { prepareExamples } = await import('../tests/workerd/support/origin_examples.mjs');
  const { buildRustSdkClient } = await import('../tests/workerd/support/rust_sdk_client.mjs');
  say('Compiling what is not there yet. The first time this takes some minutes …');
  await prepareAxe();
  await installPackages(join(ROOT, 'bench'));
  await buildRustSdkClient();
  for (const { command } of await prepareExamples()) await command;
  return 0;
}

async function realClients() {
  const { code, rows } = await journeys();
  if (code === 0) assertReadme(rows);
  return code;
}

function longTests() {
  return run(process.execPath, ['--test', join('tests', 'workerd', 'long', 'silence.test.mjs')]);
}

function workerTests(files) {
  return nodeTests(files.length > 0 ? files : testsIn('workerd'));
}

async function conformance() {
  await installPackages(join(ROOT, 'tests', 'conformance'));
  // The suite waits half a second for some answers, so one file runs at a time.
  return nodeTests(testsIn('conformance'), 1);
}

function testsIn(name) {
  const folder = join('tests', name);
  return readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.test.mjs'))
    .map((file) => join(folder, file));
}

/** A test file is a workerd, its client and sometimes a browser; and much of its time is waiting. */
function nodeTests(files, atOnce = Math.min(4, availableParallelism() + 1)) {
  return run(process.execPath, ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=300000', ...files]);
}
