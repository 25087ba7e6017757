// One local run of the Worker: from the state folder to the lines that tell how to connect, until Ctrl-C.
import { once } from 'node:events';
import net from 'node:net';
import { bundle } from './bundle.mjs';
import { checkConfiguration, configurationLog } from './configuration.mjs';
import { startExampleServer } from './example_server.mjs';
import { assertionLines, mountsOf } from './mounts.mjs';
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

  const example = needsOrigin(vars) ? await startExampleServer() : undefined;
  if (example) vars.ORIGIN = example.url;
  let isOpen = false;
  // The steps before that are this command's own.
  const log = configurationLog((line) => (isOpen || !line.startsWith('{"step":') ? say(line) : undefined));
  const worker = await startWorker({ vars, port, persist: data, onLog: log });
  try {
    await checkConfiguration(worker.url, log);
    const mounts = mountsOf(vars);
    await warnOfSilence(mounts.filter(({ origin }) => origin !== example?.url));
    const ending = new Promise((resolve) => onEnding(() => resolve()));
    announce({ address: worker.url.origin, mounts, example, site: vars.SITE, assertions: example ? [] : assertionLines(vars, worker.url.origin), password: madeUp ? vars.OWNER_PASSWORD : undefined });
    isOpen = true;
    const sentence = await Promise.race([ending, example?.ended].filter(Boolean));
    if (sentence) throw new Stop(`${sentence} Start again with: npm start`);
    say('\nStopping …');
  } finally {
    await Promise.all([worker.stop(), example?.stop()]);
  }
}

const needsOrigin = (vars) => mountsOf(vars).some(({ origin }) => origin === undefined);

async function warnOfSilence(mounts) {
  const asked = new Map(mounts.map(({ origin, where }) => [origin, where]));
  const sentences = await Promise.all([...asked].map(([origin, where]) => probe(origin, where)));
  for (const sentence of sentences.filter(Boolean)) warn(`warning: ${sentence}`);
}

/** How people get in, by the mode of the first mount. */
const WAYS_IN = {
  open: 'Everybody who reaches it may call, without a password. Add it to a client:',
  external: 'Add it to a client, and sign in at the issuer that MOUNTS names when the browser asks:',
  owner: 'Add it to a client, and sign in with the password when the browser asks:',
};

function announce({ address, mounts, example, site, assertions, password = 'the one that you gave in OWNER_PASSWORD' }) {
  const hasOwner = mounts.some(({ auth }) => auth === 'owner');
  const homes = new Set(mounts.map(({ origin }) => (origin === example?.url ? 'the example MCP server (server-everything)' : origin)));
  const urls = mounts.map(({ path }) => address + path);
  const commands = mounts.map(({ path, transport }, index) => {
    const name = mounts.length === 1 ? 'home' : path.slice(1).replaceAll('/', '-');
    return `  claude mcp add --transport ${transport} ${name} ${urls[index]}`;
  });
  say(`
Gatelodge is open at ${address}, in front of ${[...homes].join(' and ')}.${site ? `\nIts other pages come from ${site}.` : ''}

  URL       ${urls.join('\n            ')}
${hasOwner ? `  Password  ${password}\n` : ''}
${WAYS_IN[mounts[0].auth]}

${commands.join('\n')}
${assertions.length > 0 ? `\nWhat your server can verify of each call (docs/origin.md):\n\n${assertions.join('\n')}\n` : ''}
Ctrl-C stops it.${hasOwner ? ' Clients stay connected over a restart; --fresh forgets them.' : ''} What clients do is told below, step by step.
`);
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
