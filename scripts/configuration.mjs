// Asks a running Worker what it thinks of its configuration.
import { setTimeout as pause } from 'node:timers/promises';
import { Stop, warn } from './process.mjs';

const MARK = 'configuration:';

/** Prints each `configuration:` line once, and hands the others on. */
export function configurationLog(others = () => {}) {
  const seen = new Set();
  return (line, level) => {
    if (!line.startsWith(MARK)) return others(line, level);
    if (seen.has(line)) return;
    seen.add(line);
    warn(`warning: ${line.slice(MARK.length).trim()}`);
  };
}

/** Ends the command with one line per mistake, if there are any. */
export async function checkConfiguration(url) {
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual' });
  const text = await response.text();
  // The lines of the log take another way than the answer.
  await pause(100);
  if (response.status < 500) return;
  const problems = problemsIn(text);
  if (!problems) throw new Stop(`The Worker answered ${response.status}, which is a fault of its own: ${text.slice(0, 300)}`);
  const lines = problems.map(({ key, problem }) => `  ${key}: ${problem}`);
  throw new Stop(`The configuration has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:\n${lines.join('\n')}`);
}

function problemsIn(text) {
  try {
    const { problems } = JSON.parse(text);
    return Array.isArray(problems) && problems.length > 0 ? problems : undefined;
  } catch {
    return undefined;
  }
}
