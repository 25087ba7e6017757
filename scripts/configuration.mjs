// What a configuration lacks: as the Worker tells when it is asked, and as wrangler.toml shows.
import { setTimeout as pause } from 'node:timers/promises';
import { Stop, warn } from './process.mjs';

const WARNING = 'configuration:';
const MISTAKE = 'configuration mistake:';

/** Prints each warning once, keeps each mistake in `mistakes`, and hands the other lines on. */
export function configurationLog(others = () => {}) {
  const seen = new Set();
  const log = (line, level) => {
    const mark = [WARNING, MISTAKE].find((mark) => line.startsWith(mark));
    if (!mark) return others(line, level);
    if (seen.has(line)) return;
    seen.add(line);
    const text = line.slice(mark.length).trim();
    if (mark === MISTAKE) log.mistakes.push(text);
    else warn(`warning: ${text}`);
  };
  log.mistakes = [];
  return log;
}

/** Ends the command with one line per mistake, if there are any: as the log has them, which names more than the public answer. What is asked for never goes home, whoever may call. */
export async function checkConfiguration(url, { mistakes }) {
  const document = new URL('/.well-known/oauth-protected-resource', url);
  const response = await fetch(document, { headers: { accept: 'application/json' }, redirect: 'manual' });
  const text = await response.text();
  // The lines of the log take another way than the answer.
  await pause(100);
  if (response.status < 500) return;
  const problems = problemsIn(text);
  if (!problems) throw new Stop(`The Worker answered ${response.status}, which is a fault of its own: ${text.slice(0, 300)}`);
  const said = mistakes.length > 0 ? mistakes : problems.map(({ key, problem }) => `${key} ${problem}`);
  const lines = said.map((mistake) => `  ${mistake.replace(' ', ': ')}`);
  throw new Stop(`The configuration has ${lines.length === 1 ? 'a mistake' : 'mistakes'}:\n${lines.join('\n')}`);
}

/**
 * What to add when wrangler.toml does not say the address of the Worker; the Worker itself does not know its routes.
 *
 * @param {object} config wrangler.toml, as wrangler reads it
 * @returns {string | undefined}
 */
export function missingAddress({ name, route, routes = [], vars, workers_dev: onWorkersDev }) {
  if (vars.PUBLIC_URL) return undefined;
  const hosts = [...(route ? [route] : []), ...routes].map(hostOf).filter((host) => !host.includes('*'));
  if (onWorkersDev) hosts.push(`${name}.<your subdomain>.workers.dev`);
  if (hosts.length === 0) return undefined;
  const others = hosts.slice(1).map((host) => `\n  (or, if clients are to use that one: https://${host})`);
  return `PUBLIC_URL is not set, so the Worker is somebody else at each of its addresses: a client that was let in at one is unknown at the others.
Before you connect clients, add the address that they use to wrangler.toml, under [vars]:

  PUBLIC_URL = "https://${hosts[0]}"${others.join('')}
`;
}

/** A route is a pattern, with or without more about it: `mcp.example.com`, `https://mcp.example.com/*`. */
function hostOf(route) {
  const pattern = typeof route === 'string' ? route : route.pattern;
  return pattern.replace(/^https?:\/\//, '').split('/')[0];
}

function problemsIn(text) {
  try {
    const { problems } = JSON.parse(text);
    return Array.isArray(problems) && problems.length > 0 ? problems : undefined;
  } catch {
    return undefined;
  }
}
