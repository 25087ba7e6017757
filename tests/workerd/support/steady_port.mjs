import { randomInt } from 'node:crypto';
import net from 'node:net';
import { once } from 'node:events';

/**
 * A port that stays free while nobody listens at it: below those that the system hands out, so that no other test is given it between a stop
 * and the next start.
 */
export async function steadyPort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = net.createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
