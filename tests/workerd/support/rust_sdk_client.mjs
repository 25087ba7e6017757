// An application that is built on the Rust SDK, which begins a new session by itself when the old one is over.

import { join } from 'node:path';

import { ROOT, Stop, output } from '../../../scripts/process.mjs';
import { cacheFolder } from '../../../scripts/toolchain.mjs';
import { Program } from './program.mjs';

const MANIFEST = join(ROOT, 'tests', 'clients', 'rust', 'Cargo.toml');
/** Outside the checkout, so that a new one does not compile a hundred crates again. */
const TARGET = join(cacheFolder(), 'gatelodge', 'rust-sdk-client');

/** Compiles it, if need be. */
export async function buildRustSdkClient() {
  const flags = ['build', '--quiet', '--locked', '--manifest-path', MANIFEST, '--target-dir', TARGET];
  const built = await output('cargo', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (built === undefined) throw new Stop('The application on the Rust SDK could not be compiled; cargo says why above.');
}

/** Not connected yet. With `TOKEN` in its environment it uses that, and otherwise signs in with what `open` is. */
export function startRustSdk(env, open) {
  return new Program([join(TARGET, 'debug', 'rust-sdk-client')], { env, open });
}

/** Connects it; it speaks for as long as it is not stopped. */
export async function connectRustSdk(url, token) {
  const application = startRustSdk({ URL: url, TOKEN: token });
  await application.connect();
  return application;
}
