// Starts home, and tells it what to send.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT, onExit } from '../scripts/process.mjs';

export async function startHome() {
  const child = fork(join(ROOT, 'bench', 'home.mjs'));
  const forget = onExit(() => child.kill('SIGKILL'));
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    /** Writes an event to the stream that was opened last. */
    writeEvent: () => child.send({}),
    /** Writes an event a second to each stream, each at another time; resolves to how many those were. */
    async writeInTurn(seconds) {
      child.send({ seconds });
      const [{ sent }] = await once(child, 'message');
      return sent;
    },
    stop() {
      forget();
      child.kill('SIGKILL');
    },
  };
}
