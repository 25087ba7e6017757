// Gets from "a Node of some kind" to "the packages of this checkout, under a Node that they accept". Uses only what every Node has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { MODULES, installPackages } from './packages.mjs';
import { Stop, onEnding, onExit } from './process.mjs';

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
