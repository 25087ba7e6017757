// What the set-up says when a program is missing that it cannot install.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const TOOLCHAIN = new URL('../../scripts/toolchain.mjs', import.meta.url).href;

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatelodge-toolchain-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** What is thrown where only these programs exist and nothing was compiled before. */
async function refusal(call, programs) {
  const path = await mkdtemp(join(folder, 'path-'));
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(path, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(path, name), 0o755);
  }
  const code = `import(${JSON.stringify(TOOLCHAIN)}).then((tools) => tools.${call}()).catch((error) => console.log(error.message))`;
  const env = { PATH: path, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  return spawnSync(process.execPath, ['-e', code], { env, encoding: 'utf8' }).stdout;
}

const unix = { skip: process.platform === 'win32' };
const onLinux = { skip: process.platform !== 'linux' };

test('without cargo it names rustup', async () => {
  assert.match(await refusal('rust', {}), /^cargo is missing\..*rustup\.rs/);
});

test('without a C compiler it names the packages', unix, async () => {
  const said = await refusal('rust', { cargo: 'exit 0' });
  assert.match(said, /^A C compiler is missing.*build-essential.*dnf install gcc.*xcode-select/);
});

test('without a C++ compiler the discovery run names the packages', unix, async () => {
  const said = await refusal('fuzzer', { cargo: 'exit 1' });
  assert.match(said, /^A C\+\+ compiler is missing.*build-essential.*gcc-c\+\+.*xcode-select/);
});

test('without OpenSSL it names the packages, before it compiles for minutes', onLinux, async () => {
  for (const programs of [{}, { 'pkg-config': 'exit 1' }]) {
    const said = await refusal('workerBuild', { cargo: 'echo compiling; exit 1', ...programs });
    assert.match(said, /^worker-build is compiled against OpenSSL.*libssl-dev.*openssl-devel/);
  }
});

test('with OpenSSL it goes on', onLinux, async () => {
  const said = await refusal('workerBuild', { cargo: 'exit 1', 'pkg-config': 'exit 0' });
  assert.match(said, /could not be compiled; cargo says why above/);
});
