// The way between a client and the edge, or the edge and home: somebody may trip over it, or listen.

import net from 'node:net';
import { once } from 'node:events';

/**
 * Carries bytes to `port` until it is cut; what comes after a cut is carried again.
 *
 * @param {object} [options]
 * @param {number} [options.patience] milliseconds after which a connection is cut on which nothing came from the edge
 * @param {(bytes: Buffer) => void} [options.hear] is told what the client sends
 */
export async function layCable(port, { patience, hear } = {}) {
  const ends = new Set();
  const server = net.createServer((client) => {
    const edge = net.connect(port, '127.0.0.1');
    if (patience) impatient(edge, patience, () => client.resetAndDestroy());
    if (hear) client.on('data', hear);
    for (const [end, other] of [[client, edge], [edge, client]]) {
      ends.add(end);
      end.on('error', () => {});
      end.on('close', () => ends.delete(end) && other.destroy());
      end.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const end of ends) end.resetAndDestroy();
  };
  return {
    url: `http://localhost:${server.address().port}`,
    cut,
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function impatient(end, patience, cut) {
  let timer = setTimeout(cut, patience);
  end.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(cut, patience);
  });
  end.on('close', () => clearTimeout(timer));
}
