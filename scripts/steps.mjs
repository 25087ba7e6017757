// The steps of `npm test`, in their order. The fast ones come first.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { journeys } from './clients.mjs';
import { assertReadme } from './clients_table.mjs';
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
  { name: 'worker', title: 'black-box tests against the built Worker', run: workerTests, needs: ['build', 'programs'], sumsUp: true },
  { name: 'clients', title: 'real clients, and the README’s table of them', run: realClients, needs: ['build'], sumsUp: true },
  { name: 'long', title: 'a silence of 150 seconds; only when it is named', run: longTests, needs: ['build'], isExtra: true },
];

/** Compiles and installs, once for a machine; what is missing there is said by the tests. */
async function programs() {
  const { prepareExamples } = await import('../tests/workerd/support/origin_examples.mjs');
  const { buildRustSdkClient } = await import('../tests/workerd/support/rust_sdk_client.mjs');
  say('Compiling what is not there yet. The first time this takes some minutes …');
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
  const folder = join('tests', 'workerd');
  const all = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.test.mjs'));
  const chosen = files.length > 0 ? files : all.map((name) => join(folder, name));
  // A test file is a workerd, its client and sometimes a browser.
  const atOnce = Math.min(4, availableParallelism());
  return run(process.execPath, ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=300000', ...chosen]);
}
