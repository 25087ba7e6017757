// The examples of docs/examples/ as programs: how each is made, once for a machine, and started.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { ROOT, onExit, output, which } from '../../../scripts/process.mjs';
import { cacheFolder } from '../../../scripts/toolchain.mjs';
import { eventually, inTime } from './eventually.mjs';
import { missingPython, pythonWith } from './python.mjs';
import { send } from './send.mjs';
import { tell, work } from './work.mjs';

const CACHE = join(cacheFolder(), 'gatelodge', 'origin-examples');
/** Where Debian's packages of Go libraries are. */
const GOCODE = '/usr/share/gocode';

/**
 * `missing` says what is not there on this machine, `make` answers the command line.
 * What is `strict` checks what of a request it can: identifier, method and URL, on every path. What `speaks` is a whole MCP server.
 */
const EXAMPLES = [
  { name: 'typescript', assertion: 'header', strict: true, speaks: true, missing: async () => undefined, make: makeTypescript },
  { name: 'python', assertion: 'bearer', strict: false, speaks: true, missing: missingPython, make: makePython },
  { name: 'go', assertion: 'header', strict: true, speaks: false, missing: missingGo, make: makeGo },
  { name: 'rust', assertion: 'header', strict: true, speaks: false, missing: missingCargo, make: makeRust },
];

const folder = (name) => join(ROOT, 'docs', 'examples', name);

async function makeTypescript() {
  // An older Node strips types when it is told to.
  const flags = process.features.typescript ? [] : ['--experimental-strip-types'];
  return [process.execPath, ...flags, join(folder('typescript'), 'server.ts')];
}

async function missingCargo() {
  return which('cargo') ? undefined : 'cargo is not there';
}

async function makeRust() {
  const target = join(CACHE, 'rust');
  const program = join(target, 'debug', 'origin-example');
  if (!existsSync(program)) tell('Compiling docs/examples/rust. This happens once, and takes a minute or two …');
  // Without TLS and debug information, which take as long again.
  const flags = ['--quiet', '--locked', '--no-default-features', '--target-dir', target];
  await work('cargo', ['build', ...flags], folder('rust'), { CARGO_PROFILE_DEV_DEBUG: '0' });
  return [program];
}

async function makePython() {
  const source = folder('python');
  return [await pythonWith(join(source, 'requirements.txt')), join(source, 'server.py')];
}

async function missingGo() {
  if (!which('go')) return 'go is not there';
  const library = 'golang-github-coreos-go-oidc-v3-dev';
  return existsSync(join(GOCODE, 'src/github.com/coreos/go-oidc/v3')) ? undefined : `go is there, but not Debian’s package ${library}`;
}

async function makeGo() {
  const program = join(CACHE, 'go', 'origin-example');
  const unfinished = `${program}-${process.pid}`;
  await work('go', ['build', '-o', unfinished, '.'], folder('go'), { GO111MODULE: 'off', GOPATH: GOCODE });
  await rename(unfinished, program);
  return [program];
}

/** Begins to make those whose tools are there, all at once; `missing` says of the others what is not. */
export async function prepareExamples() {
  const prepared = EXAMPLES.map(async ({ missing: lookFor, make, ...example }) => {
    const missing = await lookFor();
    const command = missing ? undefined : make();
    // Whoever starts it hears of a failure.
    command?.catch(() => {});
    return { ...example, missing, command };
  });
  return Promise.all(prepared);
}

/** Starts one, which answers when this returns. */
export async function startExample(example, { port, issuer }) {
  const audience = `http://127.0.0.1:${port}/mcp`;
  const [program, ...args] = await example.command;
  const env = { ...process.env, PORT: String(port), ISSUER: issuer, AUDIENCE: audience };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = onExit(() => child.kill());
  const said = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => said.push(line));
  }
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${said.join('\n')}`);
      return said.some((line) => /(Listening|running) on http/.test(line) && line.includes(`127.0.0.1:${port}`));
    },
    { within: 60_000 },
  );
  return {
    audience,
    /** What its tool was called for, oldest first. */
    get served() {
      return said.filter((line) => line.startsWith('whoami: '));
    },
    async stop() {
      forget();
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** The headers in which an example awaits an assertion. */
export function carrying({ assertion: where }, assertion) {
  return where === 'bearer' ? { authorization: assertion && `Bearer ${assertion}` } : { 'gatelodge-assertion': assertion };
}

/** A call of the tool that all of them have. */
export const WHOAMI = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } };

/** Calls it, with no edge between. */
export function whoami(url, headers, options) {
  const accept = 'application/json, text/event-stream';
  return inTime(send(url, { method: 'POST', json: WHOAMI, ...options, headers: { accept, ...headers } }), 'its answer');
}

/** What the tool said, in an answer or as the event of a stream. */
export function toolAnswer({ headers, text }) {
  const events = headers['content-type'].startsWith('text/event-stream');
  const message = events ? text.match(/^data: (\{.+)$/m)[1] : text;
  return JSON.parse(message).result.content[0].text;
}
