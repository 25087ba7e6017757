// Real clients, each with its journey through the built Worker, as the tests in tests/clients/ tell it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './packages.mjs';
import { ROOT, run, say } from './process.mjs';

const FOLDER = join('tests', 'clients');
const ENDING = '.test.mjs';
/** Most of a journey is waiting; but each is a workerd, a server, its client and sometimes a process for every call. */
const AT_ONCE = Math.min(3, availableParallelism() + 1);

export const CLIENTS = readdirSync(join(ROOT, FOLDER))
  .filter((name) => name.endsWith(ENDING))
  .map((name) => name.slice(0, -ENDING.length))
  .sort();

/** Sends these clients on their journeys. Answers the exit code, and the rows of the table that they have made. */
export async function journeys(names = CLIENTS) {
  await prepare(names);
  const { readRows, withRowsIn } = await import('../tests/clients/support/row.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'gatelodge-clients-'));
  try {
    const files = names.map((name) => join(FOLDER, name + ENDING));
    const flags = ['--test', `--test-concurrency=${AT_ONCE}`, '--test-timeout=300000'];
    const code = await run(process.execPath, [...flags, ...files], { env: withRowsIn(folder) });
    return { code, rows: readRows(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Installs and compiles, once for a machine; what cannot be had there is said by the tests. */
async function prepare(names) {
  await installPackages(join(ROOT, FOLDER, 'node'));
  if (names.includes('rust_sdk')) {
    const { buildRustSdkClient } = await import('../tests/workerd/support/rust_sdk_client.mjs');
    say('Compiling the application on the Rust SDK, unless it is there. The first time this takes a minute or two …');
    await buildRustSdkClient();
  }
  const majors = names.map((name) => /^python_sdk_(\d)$/.exec(name)?.[1]).filter(Boolean);
  if (majors.length > 0) await preparePython(majors);
}

async function preparePython(majors) {
  const { missingPython } = await import('../tests/workerd/support/python.mjs');
  const { pythonSdk } = await import('../tests/clients/support/python_sdk.mjs');
  const missing = await missingPython();
  if (missing) return say(`The Python SDK is not tried here: ${missing}.`);
  for (const major of majors) await pythonSdk(major);
}
