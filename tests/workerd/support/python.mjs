// Programs in Python, each with the packages that its requirements name: a virtual environment for each list of them, made once for a machine.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { ROOT, output } from '../../../scripts/process.mjs';
import { cacheFolder } from '../../../scripts/toolchain.mjs';
import { tell, work } from './work.mjs';

const CACHE = join(cacheFolder(), 'gatelodge', 'python');

/** What of Python is not there. */
export async function missingPython() {
  const needed = 'import ensurepip, sys, venv; assert sys.version_info >= (3, 10)';
  return (await output('python3', ['-c', needed])) === undefined ? 'no python3 of 3.10 or later, with venv' : undefined;
}

/** The interpreter that has what a file of requirements names. */
export async function pythonWith(requirements) {
  const version = await output('python3', ['--version']);
  const digest = createHash('sha256').update(version).update(await readFile(requirements)).digest('hex');
  const environment = join(CACHE, digest.slice(0, 16));
  const python = (place) => join(place, 'bin', 'python3');
  if (existsSync(environment)) return python(environment);
  tell(`Installing what ${relative(ROOT, requirements)} names. This happens once, and takes half a minute …`);
  const unfinished = `${environment}-${process.pid}`;
  await work('python3', ['-m', 'venv', unfinished], ROOT);
  const flags = ['--quiet', '--disable-pip-version-check', '--no-compile', '--requirement', requirements];
  await work(python(unfinished), ['-m', 'pip', 'install', ...flags], ROOT);
  // Another process may have been faster.
  await rename(unfinished, environment).catch(() => rm(unfinished, { recursive: true }));
  return python(environment);
}
