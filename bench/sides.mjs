// What is compared: each a Worker in one and the same workerd, before the same server at home, with a token that it has issued itself.
import { join } from 'node:path';
import { build } from 'esbuild';
import { freePort } from '../scripts/port.mjs';
import { ROOT } from '../scripts/process.mjs';
import { builtWorker, inWorkerd, wranglerConfig } from '../scripts/worker.mjs';
import { Client } from '../tests/workerd/support/client.mjs';
import { Edge, KEY, OWNER_PASSWORD } from '../tests/workerd/support/edge.mjs';
import { connect } from '../tests/workerd/support/sign_in.mjs';
import { startHome } from './home_process.mjs';
import { letIn, redeem } from './journey.mjs';
import { workerdOf } from './workerd_process.mjs';

const SIDES = {
  bare: { title: 'bare pass-through', make: bare },
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
    const chosen = await Promise.all(names.map(async (name) => ({ name, ...SIDES[name], port: await freePort() })));
    miniflare = inWorkerd(await Promise.all(chosen.map((side) => workerOf(side, home))));
    await miniflare.ready;
    const sides = chosen.map(({ name, title, port, signIn }) => ({ name, title, signIn, edge: edgeAt(port, miniflare) }));
    for (const side of sides) side.token = (await side.signIn?.(side.edge))?.tokens.access_token;
    const directly = { name: 'directly', title: 'no Worker: home itself', edge: { mcp: home.url } };
    return await use({ sides, directly, home, pid: workerdOf(process.pid) });
  } finally {
    await miniflare?.dispose();
    home.stop();
  }
}

/** How long a workerd with this Worker takes, in milliseconds: until it has answered once, and what of that was the request; and the next one. */
export async function startedSide(name) {
  const home = await startHome();
  const side = { name, ...SIDES[name], port: await freePort() };
  const worker = await workerOf(side, home);
  const begun = performance.now();
  const miniflare = inWorkerd([worker]);
  try {
    await miniflare.ready;
    const edge = edgeAt(side.port, miniflare);
    const first = await timeOf(() => edge.post('/mcp', { json: {} }));
    const ready = performance.now() - begun;
    return { ready, first, second: await timeOf(() => edge.post('/mcp', { json: {} })) };
  } finally {
    await miniflare.dispose();
    home.stop();
  }
}

async function timeOf(act) {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

function edgeAt(port, miniflare) {
  return new Edge({ url: `http://localhost:${port}`, miniflare });
}

async function workerOf({ name, make, port }, home) {
  return {
    ...(await make({ ORIGIN: home.url, ISSUER: `http://localhost:${port}` })),
    name,
    // Past Miniflare's own Worker, which would cost each of them the same, and as much as the bare one does.
    unsafeDirectSockets: [{ host: '127.0.0.1', port }],
  };
}

/** The date and flags that the built Worker runs with. */
function platform() {
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = wranglerConfig();
  return { compatibilityDate, compatibilityFlags, modules: true };
}

function bareWithKv(bindings) {
  return { ...bare(bindings), kvNamespaces: { KV: { id: 'bare' } } };
}

async function storageAlone() {
  const durableObjects = { OBJECTS: { className: 'Objects', useSQLite: true } };
  return { ...platform(), script: await bundled('storage_alone.mjs'), kvNamespaces: { KV: { id: 'storage' } }, durableObjects };
}

async function bareWithLedger(bindings) {
  const { modules: _, ...furnished } = gatelodge({})(bindings);
  return { ...furnished, modules: true, script: await bundled('bare_with_ledger.mjs') };
}

export function bare({ ORIGIN }) {
  return { ...platform(), scriptPath: join(ROOT, 'bench', 'workers', 'bare.mjs'), bindings: { ORIGIN } };
}

export async function provider(bindings, main = 'provider.mjs') {
  return { ...platform(), script: await bundled(main), bindings, kvNamespaces: { OAUTH_KV: { id: 'provider' } } };
}

/** In one file, and as small as Gatelodge's own JavaScript is made. */
export async function bundled(main) {
  const entryPoints = [join(ROOT, 'bench', 'workers', main)];
  const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, format: 'esm', external: ['cloudflare:workers'], write: false });
  return outputFiles[0].text;
}

function gatelodge(vars) {
  return ({ ORIGIN, ISSUER }) => ({
    ...builtWorker({ vars: { ORIGIN, GATELODGE_KEY: KEY, OWNER_PASSWORD, ...vars } }),
    kvNamespaces: { REGISTER: { id: ISSUER } },
  });
}

/** A sign-in where nobody is asked. */
async function withoutAsking(edge) {
  const visit = { edge, client: await Client.register(edge) };
  await letIn(visit);
  await redeem(visit);
  return visit;
}
