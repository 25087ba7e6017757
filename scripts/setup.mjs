// Gets from "a Node of some kind" to "the packages of this checkout, under a Node that they accept". Uses only what every Node has.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { ROOT, Stop, onEnding, onExit, run, say, which } from './process.mjs';

const MODULES = join(ROOT, 'node_modules');
const LOCAL_NODE = join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
// wrangler needs 22.12; a test reads SQLite, which is there without a flag from 22.13 on.
const OLDEST_NODE = [22, 13];

/** Installs the npm packages if need be and goes on under the right Node. To be awaited before anything from npm is imported. */
export async function setup() {
  const installed = await installPackages();
  const replaced = installed && process.execPath.startsWith(MODULES + sep);
  if (replaced || !acceptable(process.versions.node)) await continueUnder(localNode());
}

function acceptable(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

async function installPackages() {
  if (packagesMatchLock()) return false;
  const env = plainEnvironment();
  if (!which('npm', env.PATH)) throw new Stop('npm is missing. Install Node.js with npm (https://nodejs.org) and run this again.');
  say('Installing the npm packages (once, about half a minute) …');
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env });
  if (code !== 0) throw new Stop('The npm packages could not be installed; npm says why above. Run this again when that is mended.');
  return true;
}

/**
 * As if typed in a terminal. `npm ci` removes node_modules first, so that neither npm nor its scripts may run under the Node in there;
 * and an npm that was started by npm refuses some of the settings that it inherits.
 */
function plainEnvironment() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  env.PATH = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(MODULES)).join(delimiter);
  return env;
}

/** Compared by content: file times change with every switch of branches. */
function packagesMatchLock() {
  const wanted = lockedPackages(join(ROOT, 'package-lock.json'));
  const present = lockedPackages(join(MODULES, '.package-lock.json'));
  if (!wanted) throw new Stop('package-lock.json is missing or damaged. Restore it with: git checkout package-lock.json');
  if (!present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = present[path];
    return there ? there.version === entry.version : Boolean(entry.optional || entry.devOptional || entry.peer);
  });
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function localNode() {
  if (existsSync(LOCAL_NODE)) return LOCAL_NODE;
  throw new Stop(
    `Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}, and npm did not install the packaged one ` +
      '(are install scripts turned off?). Install a newer Node.js from https://nodejs.org and run this again.',
  );
}

/** Never returns: this process becomes the one that waits for the other. */
function continueUnder(node) {
  const path = [join(MODULES, '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env: { ...process.env, PATH: path } });
  onEnding((signal) => child.kill(signal));
  onExit(() => child.kill());
  return new Promise((_, reject) => {
    child.once('error', (error) => reject(new Stop(`${node} could not be run (${error.code}). Remove the folder node_modules and run this again.`)));
    child.once('exit', (code) => process.exit(code ?? 1));
  });
}
