// An application that is built on the Rust SDK, which begins a new session by itself when the old one is over.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { ROOT, output } from '../../../scripts/process.mjs';
import { cacheFolder } from '../../../scripts/toolchain.mjs';
import { inTime } from './eventually.mjs';

const MANIFEST = join(ROOT, 'tests', 'clients', 'rust', 'Cargo.toml');
/** Outside the checkout, so that a new one does not compile a hundred crates again. */
const TARGET = join(cacheFolder(), 'gatelodge', 'rust-sdk-client');

/** Compiles it, if need be. */
export async function buildRustSdkClient() {
  const flags = ['build', '--quiet', '--locked', '--manifest-path', MANIFEST, '--target-dir', TARGET];
  const built = await output('cargo', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (built === undefined) throw new Error('the application could not be compiled; cargo says why above');
}

/** Connects it; it speaks for as long as it is not stopped. */
export async function connectRustSdk(url, token) {
  const program = join(TARGET, 'debug', 'rust-sdk-client');
  const child = spawn(program, { env: { URL: url, TOKEN: token }, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async (what) => {
    const { value, done } = await inTime(lines.next(), what, 30_000);
    if (done) throw new Error(`the application ended instead of ${what}`);
    return JSON.parse(value);
  };
  await hear('its connection');
  return {
    /** What became of calling a tool: `said` its content, or `failed`. */
    call(name, args = {}) {
      child.stdin.write(`${JSON.stringify({ name, arguments: args })}\n`);
      return hear(`its call of ${name}`);
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
