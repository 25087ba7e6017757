// Finds the Chromium that the browser tests drive.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Stop, say, which } from './process.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];
const MAC = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

/** The path of a Chromium; on Debian and Ubuntu, as root, it is installed if need be. */
export function chromiumPath() {
  const given = process.env.CHROMIUM_PATH;
  if (given && !existsSync(given)) throw new Stop(`CHROMIUM_PATH names ${given}, which is not there.`);
  const found = given || installed();
  if (found) return found;
  if (process.getuid?.() === 0 && which('apt-get')) {
    say('Installing Chromium for the browser tests (once) …');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment });
    }
  }
  const now = installed();
  if (now) return now;
  throw new Stop('The browser tests need Chromium or Chrome. Install one, or name it: CHROMIUM_PATH=/path/to/chromium npm test');
}

function installed() {
  return NAMES.map((name) => which(name)).find(Boolean) ?? MAC.find((path) => existsSync(path));
}
