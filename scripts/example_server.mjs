// The MCP server that stands in for the one at home: the reference server, on loopback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from './port.mjs';
import { Stop, onExit } from './process.mjs';

const MAIN = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const PATIENCE = 30_000;

/** Starts it and waits until it listens. `ended` resolves to a sentence if it ends by itself. */
export async function startExampleServer() {
  const port = await freePort();
  // One of its tools prints its environment to whoever asks: it gets none of ours.
  const child = spawn(process.execPath, ['--import', new URL('loopback_only.mjs', import.meta.url).href, MAIN, 'streamableHttp'], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C reaches the whole group of a terminal; whether the server ended or was ended must stay clear.
    detached: true,
  });
  onExit(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
  const ended = once(child, 'exit').then(
    ([code, signal]) => `The example MCP server ended (${signal ?? `exit code ${code}`}). ${said.trim().split('\n').at(-1) ?? ''}`.trim(),
    (error) => `The example MCP server could not be started (${error.code}).`,
  );
  await listening(port, ended);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    ended,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function listening(port, ended) {
  let trouble;
  ended.then((sentence) => (trouble = sentence));
  const until = Date.now() + PATIENCE;
  while (!(await answers(port))) {
    if (trouble) throw new Stop(trouble);
    if (Date.now() > until) throw new Stop(`The example MCP server did not listen within ${PATIENCE / 1000} s. Run this again.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
