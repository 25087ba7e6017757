// What is made once for a machine, before the tests: by programs that may take their time, but not for ever.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { Stop, onExit } from '../../../scripts/process.mjs';

/** For one step. `npm test` makes everything before the tests, of which a file has five minutes for all that it does. */
const LONGEST = 900_000;

export function tell(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a program to its end. */
export async function work(program, args, cwd, env = {}) {
  const options = { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'], timeout: LONGEST };
  const child = spawn(program, args, options);
  const forget = onExit(() => child.kill());
  const [code, signal] = await once(child, 'exit');
  forget();
  if (signal) throw new Stop(`${program} took longer than ${LONGEST / 1000} s; run this again, perhaps when the machine is less busy.`);
  if (code !== 0) throw new Stop(`${program} failed; it says why above.`);
}
