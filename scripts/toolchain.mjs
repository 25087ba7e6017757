// The Rust side of the tooling: cargo, the wasm target, and the two programs that turn a crate into a Worker.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ROOT, Stop, output, run, say, which } from './process.mjs';

const TARGET = 'wasm32-unknown-unknown';
const CARGO_FUZZ = '0.13.2';
const EXE = process.platform === 'win32' ? '.exe' : '';

export function cacheFolder() {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

/** Cargo with the pinned toolchain and the wasm target. rustup installs the toolchain itself, and shows how far it is. */
export async function rust() {
  if (!which('cargo')) {
    throw new Stop('cargo is missing. Install Rust with rustup (https://rustup.rs), open a new terminal and run this again.');
  }
  await assertCompiler();
  const folder = await output('rustc', ['--print', 'target-libdir', '--target', TARGET], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (folder && existsSync(folder)) return;
  if (!which('rustup')) {
    throw new Stop(`This Rust lacks the target ${TARGET}, and rustup is not there to add it. Install Rust with rustup (https://rustup.rs).`);
  }
  say(`Installing the Rust toolchain and its target ${TARGET} (once) …`);
  const code = await run('rustup', ['target', 'add', TARGET]);
  if (code !== 0) throw new Stop(`rustup could not add the target ${TARGET}; it says why above.`);
}

/** rustc links with `cc`; on Windows it finds Visual Studio's linker itself, and says what to do if that is missing. */
async function assertCompiler() {
  if (process.platform === 'win32' || (await output('cc', ['--version'])) !== undefined) return;
  throw new Stop(
    'A C compiler is missing: Rust links with cc. Install one (Debian, Ubuntu: apt install build-essential; Fedora: dnf install gcc; ' +
      'macOS: xcode-select --install) and run this again.',
  );
}

/** On Linux `worker-build` is compiled against the system's OpenSSL. */
async function assertOpenssl() {
  const found = process.env.OPENSSL_DIR || (await output('pkg-config', ['--exists', 'openssl'])) !== undefined;
  if (process.platform !== 'linux' || found) return;
  throw new Stop(
    'worker-build is compiled against OpenSSL, which pkg-config does not find. Install both (Debian, Ubuntu: apt install pkg-config libssl-dev; ' +
      'Fedora: dnf install pkgconf-pkg-config openssl-devel) and run this again.',
  );
}

/** cargo-fuzz, whose libFuzzer is compiled with the targets. */
export async function fuzzer() {
  if (process.platform === 'win32') throw new Stop('libFuzzer is not used on Windows here. Run this in WSL, on Linux or on macOS.');
  const compiler = process.env.CXX || 'c++';
  if ((await output(compiler, ['--version'])) === undefined) {
    throw new Stop(
      `A C++ compiler is missing: libFuzzer is compiled with ${compiler}. Install one (Debian, Ubuntu: apt install build-essential; ` +
        'Fedora: dnf install gcc-c++; macOS: xcode-select --install) and run this again.',
    );
  }
  return compiled('cargo-fuzz', CARGO_FUZZ, ['--locked']);
}

/** The environment that `worker-build` needs, and its own path. */
export async function workerBuild() {
  const program = await compiled('worker-build', lockedVersion('worker'), ['--locked']);
  const env = { WASM_OPT_BIN: installed('wasm-opt'), ESBUILD_BIN: installed('esbuild') };
  const bindgen = lockedVersion('wasm-bindgen');
  const there = await present('wasm-bindgen', 'wasm-bindgen-cli', bindgen);
  if (there) env.WASM_BINDGEN_BIN = there;
  else if (!(await workerBuildHasBindgen(bindgen))) {
    env.WASM_BINDGEN_BIN = await compiled('wasm-bindgen-cli', bindgen, [], 'wasm-bindgen');
  }
  return { program, env: { ...process.env, ...env } };
}

/** A program that npm has installed, for those that start it by its path. */
const installed = (name) => join(ROOT, 'node_modules', '.bin', name);

/** Runs a program of binaryen, which is a script for Node. */
export const binaryen = (name, args) => run(process.execPath, [join(ROOT, 'node_modules', 'binaryen', 'bin', name), ...args]);

function lockedVersion(name) {
  const lock = readFileSync(join(ROOT, 'Cargo.lock'), 'utf8');
  const version = lock.match(new RegExp(`^name = "${name}"\\r?\\nversion = "([^"]+)"`, 'm'))?.[1];
  if (!version) throw new Stop(`Cargo.lock names no package "${name}". Restore it with: git checkout Cargo.lock`);
  return version;
}

const toolFolder = (crate, version) => join(cacheFolder(), 'gatelodge', 'tools', `${crate}-${version}`);

/** A program that is there in the right version and runs: an interrupted or half-copied one does not count. */
async function present(program, crate, version) {
  const candidates = [join(toolFolder(crate, version), 'bin', program + EXE), which(program)];
  for (const candidate of candidates) {
    if (!candidate || !existsSync(candidate)) continue;
    const words = (await output(candidate, ['--version']))?.split(/\s+/) ?? [];
    if (words.includes(version)) return candidate;
  }
  return undefined;
}

async function compiled(crate, version, flags, program = crate) {
  const there = await present(program, crate, version);
  if (there) return there;
  if (crate === 'worker-build') await assertOpenssl();
  const folder = toolFolder(crate, version);
  say(`Compiling ${crate} ${version}. This happens once, and takes two to ten minutes; it is kept in ${folder} …`);
  const unfinished = join(folder, 'unfinished');
  const code = await run('cargo', [
    'install', crate, '--version', version, '--debug', '--force', ...flags, '--root', folder, '--target-dir', unfinished,
  ]);
  if (code !== 0) throw new Stop(`${crate} could not be compiled; cargo says why above. Running this again goes on where it stopped.`);
  rmSync(unfinished, { recursive: true, force: true });
  const made = await present(program, crate, version);
  if (!made) throw new Stop(`${crate} was compiled but does not run. Remove the folder ${folder} and run this again.`);
  return made;
}

/** Whether worker-build gets wasm-bindgen by itself: it keeps a download, or the download is in reach. */
async function workerBuildHasBindgen(version) {
  const folder = join(cacheFolder(), 'worker-build');
  const kept = existsSync(folder) ? readdirSync(folder) : [];
  const mine = kept.filter((name) => name.startsWith('wasm-bindgen-') && name.endsWith(`-${version}`));
  if (mine.some((name) => existsSync(join(folder, name, `wasm-bindgen${EXE}`)))) return true;
  const release = `https://github.com/wasm-bindgen/wasm-bindgen/releases/download/${version}/wasm-bindgen-${version}-x86_64-unknown-linux-musl.tar.gz`;
  try {
    return (await fetch(release, { method: 'HEAD', signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}
