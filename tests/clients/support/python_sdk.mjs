// An application on a version of the Python SDK, as a program in an environment of its own.

import { join } from 'node:path';

import { ROOT } from '../../../scripts/process.mjs';
import { missingPython, pythonWith } from '../../workerd/support/python.mjs';
import { Program } from '../../workerd/support/program.mjs';
import { pythonVersion } from './versions.mjs';

const FOLDER = join('tests', 'clients', 'python');
const requirements = (major) => join(FOLDER, `requirements-${major}.txt`);

/** Makes its environment, if need be. */
export function pythonSdk(major) {
  return pythonWith(join(ROOT, requirements(major)));
}

/** What the journey has to know of it; its environment is made, or is not needed. `mode` is the SDK's word for which protocol is spoken. */
export async function pythonClient(major, mode) {
  const missing = await missingPython();
  const python = missing ? undefined : await pythonSdk(major);
  return {
    name: 'Python SDK',
    version: pythonVersion(requirements(major)),
    missing,
    start({ url, name, open, document }) {
      const env = { URL: url, NAME: name, PYTHONUTF8: '1', ...(mode && { MODE: mode }), ...(document && { DOCUMENT: document }) };
      return new Program([python, join(ROOT, FOLDER, `sdk_${major}.py`)], { env, open });
    },
  };
}
