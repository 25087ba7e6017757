// The reference MCP server, as somebody would run it at home.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../../scripts/port.mjs';
import { inTime } from './eventually.mjs';

const MAIN = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

export function startEverything() {
  return startServer('server-everything', [MAIN, 'streamableHttp']);
}

/** A server as a program of Node, which takes `PORT` and says when it listens. */
export async function startServer(name, args) {
  const port = await freePort();
  const child = spawn(process.execPath, args, { env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'] });
  await inTime(listening(child, name), name, 30_000);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function listening(child, name) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      if (said.includes('listening on port')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code}: ${said}`)));
  });
}
