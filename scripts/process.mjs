// Running other programs, and ending with a sentence instead of a stack trace.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Ctrl-C, being ended by another program, and the terminal's window being closed. */
const ENDINGS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const WINDOWS = process.platform === 'win32';

/** Ends a command with a sentence for the person who typed it. */
export class Stop extends Error {
  constructor(sentence, exitCode = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

export function warn(line) {
  process.stderr.write(`${line}\n`);
}

const atExit = new Set();
/** Runs `action` when this process ends, whatever the reason. Returns a function that takes it back. */
export function onExit(action) {
  atExit.add(action);
  return () => atExit.delete(action);
}
process.on('exit', () => {
  for (const action of atExit) action();
});

/** Runs a command's `body`; what it started ends with it, also on Ctrl-C. */
export async function command(body) {
  onEnding((signal) => process.exit(ENDINGS[signal]));
  try {
    process.exitCode = (await body()) ?? process.exitCode ?? 0;
  } catch (error) {
    warn(error instanceof Stop ? `gatelodge: ${error.message}` : error?.stack ?? String(error));
    process.exit(error instanceof Stop ? error.exitCode : 1);
  }
}

let orphanWatch;
/** From now on Ctrl-C and the like only call `action`, as often as they come. */
export function onEnding(action) {
  for (const signal of Object.keys(ENDINGS)) {
    const before = process.listeners(signal);
    // In this order: a signal that is on its way while nobody listens is lost.
    process.on(signal, () => action(signal));
    for (const listener of before) process.removeListener(signal, listener);
  }
  // An npm that is told to end takes its shell with it, but not what the shell started.
  clearInterval(orphanWatch);
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  orphanWatch = setInterval(() => process.ppid === parent || action('SIGTERM'), 500).unref();
}

/** The path of a program on PATH, or undefined. */
export function which(name, path = process.env.PATH ?? '') {
  const endings = WINDOWS ? ['.exe', '.cmd', ''] : [''];
  for (const folder of path.split(delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const candidate = join(folder, name + ending);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

/** Runs a program in the checkout with its output shown; resolves to its exit code. */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', shell: WINDOWS && /^npm/.test(program), ...options });
    const forget = onExit(() => child.kill());
    child.once('error', (error) => {
      forget();
      reject(new Stop(`${program} could not be run (${error.code}). Is it installed and on PATH?`));
    });
    child.once('exit', (code, signal) => {
      forget();
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** A program's standard output, or undefined when it can't be run or fails. */
export function output(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'], ...options });
    let text = '';
    child.stdout?.on('data', (chunk) => (text += chunk));
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 0 ? text.trim() : undefined));
  });
}
