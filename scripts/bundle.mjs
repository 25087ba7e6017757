// Makes build/index.js and build/index_bg.wasm from the crate, unless they are there and up to date.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, Stop, run, say } from './process.mjs';
import { binaryen, rust, workerBuild } from './toolchain.mjs';

const BUILD = join(ROOT, 'build');
const STAMP = join(BUILD, 'inputs.sha256');
const INPUTS = [
  '.cargo/config.toml',
  'Cargo.lock',
  'Cargo.toml',
  'package-lock.json',
  'rust-toolchain.toml',
  'scripts/bundle.mjs',
  'scripts/toolchain.mjs',
  'src',
];

export async function bundle() {
  const inputs = digestOf(INPUTS);
  if (isCurrent(inputs)) return say('The Worker is built and up to date.');
  await rust();
  const { program, env } = await workerBuild();
  say('Building the Worker …');
  rmSync(STAMP, { force: true });
  const code = await run(program, ['--release'], { env });
  if (code !== 0) throw new Stop('The Worker could not be built; the compiler says why above.');
  await shrink();
  writeFileSync(STAMP, inputs);
}

const NAMES = ['--strip-debug', '--strip-producers', '--strip-target-features'];
/** What worker-build's own module makes use of. binaryen knows newer things, which the platform need not know. */
const FEATURES = ['bulk-memory', 'exception-handling', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'].map(
  (feature) => `--enable-${feature}`,
);
/** A second look at the whole module, once wasm-bindgen is done. The lowest kilobyte is the end of the stack, so no data is there. */
const SMALLER = ['--gufa', '--low-memory-unused', '-Oz', '--converge'];
/** What the crate exports for what is not used here: containers, R2, streams made in Rust. It keeps code alive that nobody calls. */
const UNUSED = ['containerstartupoptions', 'intounderlying', 'minifyconfig', 'r2range'];

/** worker-build keeps the names of functions, a tenth of the module; rustc's own `strip` would break wasm-bindgen. */
async function shrink() {
  const module = join(BUILD, 'index_bg.wasm');
  const text = join(BUILD, 'index_bg.wat');
  const steps = [
    () => binaryen('wasm-dis', [...FEATURES, module, '-o', text]),
    () => withoutUnused(text),
    () => binaryen('wasm-as', [...FEATURES, text, '-o', module]),
    () => binaryen('wasm-opt', [...FEATURES, ...SMALLER, ...NAMES, module, '-o', module]),
  ];
  for (const step of steps) {
    if (await step()) throw new Stop('The Worker could not be made smaller; the last program says why above.');
  }
  rmSync(text);
}

function withoutUnused(text) {
  const lines = readFileSync(text, 'utf8').split('\n');
  const exporting = (name) => (line) => line.trimStart().startsWith('(export "') && line.includes(name);
  const gone = UNUSED.find((name) => !lines.some(exporting(name)));
  if (gone) throw new Stop(`The crate exports no ${gone} any more: take it off the list in scripts/bundle.mjs.`);
  const isUsed = (line) => !UNUSED.some((name) => exporting(name)(line));
  writeFileSync(text, lines.filter(isUsed).join('\n'));
}

function isCurrent(inputs) {
  const made = ['index.js', 'index_bg.wasm'].every((name) => existsSync(join(BUILD, name)));
  return made && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === inputs;
}

function digestOf(names) {
  const hash = createHash('sha256');
  for (const file of names.flatMap(filesBelow)) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file))).update('\0');
  return hash.digest('hex');
}

function filesBelow(name) {
  const path = join(ROOT, name);
  if (!statSync(path).isDirectory()) return [name];
  return readdirSync(path).sort().flatMap((entry) => filesBelow(`${name}/${entry}`));
}
