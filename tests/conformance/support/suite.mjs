// The official conformance suite as a program: what it has, and what it found.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { ROOT, onExit, output } from '../../../scripts/process.mjs';

const PACKAGE = fileURLToPath(new URL('../node_modules/@modelcontextprotocol/conformance/', import.meta.url));
const MAIN = join(PACKAGE, 'dist', 'index.js');
const FOLDER = join(ROOT, 'test-output', 'conformance');
/** The longest run takes seconds. */
const LONGEST = 120_000;
const FINE = new Set(['SUCCESS', 'INFO']);

/**
 * Which revision of MCP each scenario is for, as the suite lists them: what it learns later is run without a word here.
 *
 * @param {'server' | 'authorization'} kind
 * @returns {Promise<{ revisions: string[], of(revision: string): string[], all: string[] }>} `of('extension')` is for none of them
 */
export async function scenarios(kind) {
  if (!existsSync(MAIN)) throw new Error('The conformance suite is not installed. Run this: npm test -- --only conformance');
  const list = (await output(process.execPath, [MAIN, 'list', `--${kind}`])) ?? '';
  const listed = [...list.matchAll(/^ *- (\S+) \[(.+)\]$/gm)].map(([, name, revisions]) => ({ name, revisions: revisions.split(',') }));
  const lines = list.split('\n').filter((line) => /^ *- /.test(line));
  if (listed.length === 0 || listed.length !== lines.length) throw new Error('The suite lists its scenarios in a form that is not read here.');
  const revisions = new Set(listed.flatMap((scenario) => scenario.revisions));
  revisions.delete('extension');
  return {
    revisions: [...revisions].sort(),
    of: (revision) => names(listed.filter((scenario) => scenario.revisions.includes(revision))),
    all: names(listed),
  };
}

const names = (listed) => listed.map(({ name }) => name).sort();

/**
 * Runs a command of the suite, and keeps all that it says in a folder of this name.
 *
 * @param {string} name
 * @param {string[]} args
 * @param {(line: string) => void} [onLine] hears each line as it is said
 * @returns {Promise<{ exitCode: number, folder: string, checks: Record<string, object[]> }>} the checks of each scenario
 */
export async function runSuite(name, args, onLine) {
  const folder = join(FOLDER, ...name.split('/'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const child = spawn(process.execPath, [MAIN, ...args, '--output-dir', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST,
  });
  const forget = onExit(() => child.kill());
  const log = createWriteStream(join(folder, 'output.txt'));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      onLine?.(line);
    });
  }
  const [exitCode] = await once(child, 'close');
  forget();
  log.end();
  return { exitCode, folder, checks: checksIn(folder) };
}

/** Each scenario has a folder with its kind before its name, and the time behind. */
function checksIn(folder) {
  const checks = {};
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const [, scenario] = /^(?:authorization-server|server)-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name);
    const file = join(folder, name, 'checks.json');
    checks[scenario] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  }
  return checks;
}

/** How many checks ended in which way. */
export function count({ checks }) {
  const all = Object.values(checks).flat();
  const of = (status) => all.filter((check) => check.status === status).length;
  return {
    scenarios: Object.keys(checks).length,
    passed: of('SUCCESS'),
    failed: of('FAILURE'),
    warned: of('WARNING'),
    skipped: of('SKIPPED'),
    noted: of('INFO'),
  };
}

/** What to read when a run is not as it should be. */
export function explain({ exitCode, folder, checks }) {
  const lines = Object.entries(checks).flatMap(([scenario, all]) =>
    all.filter(({ status }) => !FINE.has(status)).map(({ id, status, errorMessage }) => `${status} ${scenario}:${id}: ${errorMessage}`),
  );
  lines.push(`The suite ended with ${exitCode}; all that it said is in ${relative(ROOT, join(folder, 'output.txt'))}.`);
  return lines.join('\n');
}

/** The scenarios that have a check with one of these endings, or none at all. */
export function scenariosWith({ checks }, ...statuses) {
  return Object.keys(checks)
    .filter((scenario) => checks[scenario].length === 0 || checks[scenario].some(({ status }) => statuses.includes(status)))
    .sort();
}
