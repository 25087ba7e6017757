// Requests without a pause, over connections that stay open.
import autocannon from 'autocannon';
import { createHistogram } from 'node:perf_hooks';
import { Stop } from '../scripts/process.mjs';

/**
 * @param {object} target `url`, `method`, `headers`, `body`, or `requests` as autocannon takes them; and the `status` that the answer must have
 * @param {object} how `connections`, and either `seconds` or `amount`
 * @returns {Promise<{ count: number, perSecond: number, mean: number, p50: number, p99: number }>} times in milliseconds
 */
export async function load({ url, method = 'GET', headers = {}, body, requests, status = 200 }, { connections = 1, seconds, amount }) {
  const times = createHistogram();
  const refused = new Map();
  const begun = performance.now();
  let last = begun;
  // Its own histogram knows whole milliseconds only.
  const length = amount ? { amount } : { duration: seconds };
  const running = autocannon({ url, method, headers, body, requests, connections, ...length, sampleInt: 50, timeout: 20 });
  running.on('response', (_client, answered, _bytes, milliseconds) => {
    last = performance.now();
    times.record(Math.max(1, Math.round(milliseconds * 1e6)));
    if (answered !== status) refused.set(answered, (refused.get(answered) ?? 0) + 1);
  });
  const { errors } = await running;
  if (refused.size > 0 || errors > 0) {
    const answers = [...refused].map(([answered, count]) => `${count} × ${answered}`).join(', ');
    throw new Stop(`${method} ${url} was to be answered with ${status} each time; it was not: ${answers || 'none'}, and ${errors} connections failed`);
  }
  const elapsed = last - begun;
  return {
    count: times.count,
    perSecond: times.count / (elapsed / 1000),
    mean: (elapsed / times.count) * connections,
    p50: times.percentile(50) / 1e6,
    p99: times.percentile(99) / 1e6,
  };
}
