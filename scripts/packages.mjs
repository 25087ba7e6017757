// The npm packages of a folder: of the checkout, and of the parts that bring some of their own. Uses only what every Node has.
import { readFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { ROOT, Stop, run, say, which } from './process.mjs';

/** Where the packages of the checkout are. */
export const MODULES = join(ROOT, 'node_modules');

/**
 * Installs what the package-lock.json of a folder names, unless it is there.
 *
 * @param {string} [folder] below the checkout
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function installPackages(folder = ROOT) {
  const where = relative(ROOT, folder);
  if (packagesMatchLock(folder, where)) return false;
  const env = plainEnvironment();
  if (!which('npm', env.PATH)) throw new Stop('npm is missing. Install Node.js with npm (https://nodejs.org) and run this again.');
  say(where ? `Installing the npm packages of ${where} (once) …` : 'Installing the npm packages (once, about half a minute) …');
  // The packages of parts have nothing to set up that is used.
  const scripts = where ? ['--ignore-scripts'] : [];
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...scripts], { env, cwd: folder });
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
function packagesMatchLock(folder, where) {
  const wanted = lockedPackages(join(folder, 'package-lock.json'));
  const present = lockedPackages(join(folder, 'node_modules', '.package-lock.json'));
  const name = join(where, 'package-lock.json');
  if (!wanted) throw new Stop(`${name} is missing or damaged. Restore it with: git checkout ${name}`);
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
