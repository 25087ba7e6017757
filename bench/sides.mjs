// What is compared: each a Worker in one and the same workerd, before the same server at home, with a token that it has issued itself.
import { freePort } from '../scripts/port.mjs';
import { inWorkerd } from '../scripts/worker.mjs';
import { Client } from '../tests/workerd/support/client.mjs';
import { Edge } from '../tests/workerd/support/edge.mjs';
import { connect } from '../tests/workerd/support/sign_in.mjs';
import { bare, bareWithKv, bareWithLedger, gatelodge, provider, sameSteps, storageAlone } from './compared_workers.mjs';
import { startHome } from './home_process.mjs';
import { letIn, redeem } from './journey.mjs';
import { workerdOf } from './workerd_process.mjs';

const SIDES = {
  bare: { title: 'bare pass-through', make: bare },
  sameSteps: { title: 'the steps of Gatelodge in JavaScript, unguarded', make: sameSteps },
  provider: { title: 'workers-oauth-provider', make: provider, signIn: withoutAsking },
  unsigned: { title: 'Gatelodge, ASSERTION=off', make: gatelodge({ ASSERTION: 'off' }), signIn: connect },
  gatelodge: { title: 'Gatelodge, as it comes', make: gatelodge({}), signIn: connect },
  native: { title: 'Gatelodge, HEARTBEAT_SECONDS=0', make: gatelodge({ HEARTBEAT_SECONDS: '0' }), signIn: connect },
  beating: { title: 'Gatelodge, HEARTBEAT_SECONDS=1', make: gatelodge({ HEARTBEAT_SECONDS: '1' }), signIn: connect },
  bareWithKv: { title: 'bare pass-through, with KV', make: bareWithKv },
  bareWithLedger: { title: 'bare pass-through, with the bindings of Gatelodge', make: bareWithLedger },
  storage: { title: 'storage alone', make: storageAlone },
  watching: { title: 'Gatelodge, GRANT_CACHE_SECONDS=1', make: gatelodge({ HEARTBEAT_SECONDS: '0', GRANT_CACHE_SECONDS: '1' }), signIn: connect },
};

export function named(names) {
  return names.map((name) => ({ name, title: SIDES[name].title }));
}

/** Starts these sides, and home, for as long as `use` takes. */
export async function withSides(names, use) {
  const home = await startHome();
  let miniflare;
  try {
    const sides = await Promise.all(names.map((name) => prepare(name, home)));
    miniflare = inWorkerd(sides.map(({ worker }) => worker));
    await miniflare.ready;
    for (const side of sides) side.token = (await side.signIn?.(side.edge))?.tokens.access_token;
    const directly = { name: 'directly', title: 'no Worker: home itself', edge: { mcp: home.url } };
    return await use({ sides, directly, home, pid: workerdOf(process.pid) });
  } finally {
    await miniflare?.dispose();
    home.stop();
  }
}

/** A side that is yet to be started. */
export async function prepare(name, home) {
  const { title, make, signIn } = SIDES[name];
  const port = await freePort();
  const url = `http://localhost:${port}`;
  // Past Miniflare's own Worker, which would cost each of them the same, and as much as the bare one does.
  const unsafeDirectSockets = [{ host: '127.0.0.1', port }];
  const worker = { ...(await make({ ORIGIN: home.url, ISSUER: url })), name, unsafeDirectSockets };
  return { name, title, signIn, worker, edge: new Edge({ url }) };
}

/** A sign-in where nobody is asked. */
async function withoutAsking(edge) {
  const visit = { edge, client: await Client.register(edge) };
  await letIn(visit);
  await redeem(visit);
  return visit;
}
