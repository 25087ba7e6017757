// npm run fuzz: looks for bytes that a parser does not stand.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { Progress } from './fuzz_progress.mjs';
import { readOptions } from './options.mjs';
import { ROOT, Stop, command, onExit, output, run, say } from './process.mjs';
import { fuzzer, rust } from './toolchain.mjs';

const FOLDER = join('tests', 'fuzz');
const BUILT = join('target', 'fuzz');
const TARGETS = readdirSync(join(ROOT, FOLDER, 'src', 'bin')).map((file) => parse(file).name).sort();
/** How much of a corpus may be found; the test of the corpora holds it. */
const LIMITS = JSON.parse(readFileSync(join(ROOT, FOLDER, 'limits.json'), 'utf8'));
/** As libFuzzer names what it finds. */
const DIGEST = /^[0-9a-f]{40}$/;

/** Without a sanitizer, because those need a nightly Rust; with `--release`, because the profile has the checks. */
const OPTIONS = ['--fuzz-dir', FOLDER, '--sanitizer', 'none', '--release', '--target-dir', BUILT];

const HELP = `Gives invented bytes to the parsers that strangers reach, and tells when something does not hold.

  npm run fuzz                           every target, one after the other, each for a minute
  npm run fuzz -- TARGET …               only these
  npm run fuzz -- TARGET --seconds N     for so long each
  npm run fuzz -- TARGET --keep          afterwards add what reaches more code to the target's corpus
  npm run fuzz -- TARGET --file FILE     give it this one file, and no other bytes

The first run compiles cargo-fuzz and libFuzzer, for which it needs a C++ compiler. What is found is in
${join(FOLDER, 'artifacts')}; docs/fuzzing.md says what to do with it.

The targets:
${TARGETS.map((name) => `  ${name}`).join('\n')}`;

await command(async () => {
  const { values, positionals } = readOptions(
    process.argv.slice(2),
    { seconds: { type: 'string' }, keep: { type: 'boolean' }, file: { type: 'string' }, help: { type: 'boolean' } },
    'npm run fuzz -- --help',
    { files: true },
  );
  if (values.help) return say(HELP);
  const chosen = choose(positionals);
  const seconds = readSeconds(values.seconds ?? '60');
  if (values.file !== undefined && chosen.length !== 1) throw new Stop('--file goes with one target: npm run fuzz -- TARGET --file FILE', 2);

  await rust();
  const program = await fuzzer();
  await build(program, positionals);
  if (values.file !== undefined) return fuzz(program, chosen[0], [values.file]);

  const failed = [];
  for (const target of chosen) {
    say(`\n=== ${target}, ${seconds} s`);
    if (!(await discover(program, target, seconds))) failed.push(target);
    else if (values.keep) await keep(program, target);
  }
  if (failed.length > 0) {
    throw new Stop(`Something was found in ${failed.join(', ')}; the words are above, the bytes in ${join(FOLDER, 'artifacts')}. What to do with them: docs/fuzzing.md`);
  }
});

function choose(names) {
  const unknown = names.find((name) => !TARGETS.includes(name));
  if (unknown !== undefined) throw new Stop(`There is no target "${unknown}". The targets: ${TARGETS.join(', ')}`, 2);
  return names.length > 0 ? names : TARGETS;
}

function readSeconds(word) {
  if (!/^[1-9]\d{0,5}$/.test(word)) throw new Stop(`--seconds takes a whole number from 1 to 999999; this is not: ${word}`, 2);
  return Number(word);
}

async function build(program, names) {
  say('Building the targets …');
  // Without a name cargo-fuzz builds all.
  for (const name of names.length > 0 ? names : [undefined]) {
    const code = await run(program, ['build', ...OPTIONS, ...(name ? [name] : [])]);
    if (code !== 0) throw new Stop('The targets could not be built; cargo says why above.');
  }
}

function fuzz(program, target, args) {
  return run(program, ['run', ...OPTIONS, target, ...args]);
}

/** Where libFuzzer keeps what it learns. */
function learned(target) {
  return join(BUILT, 'corpus', target);
}

function committed(target) {
  return join(FOLDER, 'corpus', target);
}

/** Resolves to whether nothing was found. */
function discover(program, target, seconds) {
  mkdirSync(join(ROOT, learned(target)), { recursive: true });
  const flags = [`-max_total_time=${seconds}`, '-max_len=2048', '-timeout=10', '-print_final_stats=1', `-dict=${join(FOLDER, 'words.dict')}`];
  const args = ['run', ...OPTIONS, target, learned(target), committed(target), '--', ...flags];
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'pipe'] });
  const forget = onExit(() => child.kill());
  const progress = new Progress();
  child.stderr.setEncoding('utf8').on('data', (text) => progress.read(text));
  const shown = setInterval(() => progress.show(), 10_000);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Stop(`cargo-fuzz could not be run (${error.code}).`)));
    child.once('close', (code) => {
      forget();
      clearInterval(shown);
      if (code === 0) progress.show();
      else progress.showWords();
      resolve(code === 0);
    });
  });
}

/** Adds to the corpus what reaches code that nothing in it reaches: the file that reaches most of it first. */
async function keep(program, target) {
  const folder = join(ROOT, committed(target));
  const own = readdirSync(folder).map((file) => join(folder, file));
  const reached = new Set();
  const found = [];
  for (const { path, places } of await reach(program, target)) {
    if (dirname(path) === folder) for (const place of places) reached.add(place);
    else found.push({ path, places, size: statSync(path).size });
  }
  const counted = own.filter((path) => DIGEST.test(basename(path)));
  let bytes = counted.reduce((sum, path) => sum + statSync(path).size, 0);
  let count = counted.length;
  for (; count < LIMITS.files; count += 1) {
    for (const file of found) file.places = file.places.filter((place) => !reached.has(place));
    const fitting = found.filter(({ places, size }) => places.length > 0 && bytes + size <= LIMITS.bytes);
    if (fitting.length === 0) break;
    const best = fitting.reduce((one, other) => (other.places.length - one.places.length || one.size - other.size) > 0 ? other : one);
    copyFileSync(best.path, join(folder, basename(best.path)));
    for (const place of best.places) reached.add(place);
    bytes += best.size;
  }
  say(`  ${count - counted.length} files that reach more were added to ${committed(target)}`);
}

/** Each file that is committed or was learned, with the places in the code that it reaches. */
async function reach(program, target) {
  const [more, control] = [join(BUILT, 'more'), join(ROOT, BUILT, 'control')];
  for (const path of [join(ROOT, more), control]) rmSync(path, { recursive: true, force: true });
  mkdirSync(join(ROOT, more), { recursive: true });
  // The merge itself would keep every file that reaches anything; what it notes on the way is what is wanted.
  const flags = ['-merge=1', '-set_cover_merge=1', '-use_counters=0', '-max_len=2048', `-merge_control_file=${control}`];
  const merged = await output(program, ['run', ...OPTIONS, target, more, committed(target), learned(target), '--', ...flags]);
  if (merged === undefined) throw new Stop(`What was learned of ${target} could not be judged. Is a file of its corpus one that does not pass?`);
  const lines = readFileSync(control, 'utf8').split('\n');
  const files = lines.slice(2, 2 + Number(lines[0])).map((path) => ({ path: resolve(ROOT, path), places: [] }));
  for (const line of lines) {
    const [, index, places] = line.match(/^FT (\d+)(.*)$/) ?? [];
    if (index) files[index].places = places.trim().split(' ').filter(Boolean);
  }
  return files;
}
