// One local run of the Worker: from the state folder to the lines that tell how to connect, until Ctrl-C.
import { once } from 'node:events';
import net from 'node:net';
import { bundle } from './bundle.mjs';
import { checkConfiguration, configurationLog } from './configuration.mjs';
import { startExampleServer } from './example_server.mjs';
import { probe } from './probe.mjs';
import { Stop, onEnding, say, warn } from './process.mjs';
import { newPassword, openState } from './state.mjs';
import { configuredVars, startWorker } from './worker.mjs';

export async function runLocally({ port, settings, folder, fresh }) {
  await assertFree(port);
  await bundle();
  const { key, data } = openState(folder, { fresh });
  const { PUBLIC_URL: _, ...configured } = configuredVars();
  const given = process.env.OWNER_PASSWORD ? { OWNER_PASSWORD: process.env.OWNER_PASSWORD } : {};
  const vars = { GATELODGE_KEY: key, OWNER_PASSWORD: newPassword(), ...configured, ...given, ...settings };
  const madeUp = given.OWNER_PASSWORD === undefined && settings.OWNER_PASSWORD === undefined;

  const example = namesAnOrigin(vars) ? undefined : await startExampleServer();
  if (example) vars.ORIGIN = example.url;
  const worker = await startWorker({ vars, port, persist: data, onLog: configurationLog((line) => say(line)) });
  try {
    await checkConfiguration(worker.url);
    const unanswered = example || !vars.ORIGIN ? undefined : await probe(vars.ORIGIN);
    if (unanswered) warn(`warning: ${unanswered}`);
    const ending = new Promise((resolve) => onEnding(() => resolve()));
    announce({ url: worker.url, vars, example, madeUp });
    const sentence = await Promise.race([ending, example?.ended].filter(Boolean));
    if (sentence) throw new Stop(`${sentence} Start again with: npm start`);
    say('\nStopping …');
  } finally {
    await Promise.all([worker.stop(), example?.stop()]);
  }
}

/** A mount may bring its own server; then ORIGIN can be missing. */
function namesAnOrigin({ ORIGIN, MOUNTS = '' }) {
  return ORIGIN !== undefined || /"origin"\s*:/.test(MOUNTS);
}

function announce({ url, vars, example, madeUp }) {
  const address = url.origin;
  const home = example ? 'the example MCP server (server-everything)' : (vars.ORIGIN ?? 'the servers that MOUNTS names');
  const password = madeUp ? vars.OWNER_PASSWORD : 'the one that you gave in OWNER_PASSWORD';
  say(`
Gatelodge is open at ${address}, in front of ${home}.

  URL       ${address}${firstMount(vars.MOUNTS)}
  Password  ${password}

Add it to a client, and sign in with the password when the browser asks:

  claude mcp add --transport http home ${address}${firstMount(vars.MOUNTS)}

Ctrl-C stops it. Clients stay connected over a restart; --fresh forgets them.
`);
}

function firstMount(mounts) {
  try {
    return JSON.parse(mounts)[0].path ?? '/mcp';
  } catch {
    return '/mcp';
  }
}

async function assertFree(port) {
  const server = net.createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error.code === 'EADDRINUSE' ? 'is in use' : `can't be opened (${error.code})`;
    throw new Stop(`Port ${port} ${reason}. Choose another one, for example: npm start -- --port ${port + 1}`);
  }
  server.close();
  await once(server, 'close');
}
