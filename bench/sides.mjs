// What is compared: each a Worker in one and the same workerd, before the same server at home, with a token that it has issued itself.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { freePort } from '../scripts/port.mjs';
import { ROOT, onExit } from '../scripts/process.mjs';
import { builtWorker, inWorkerd, wranglerConfig } from '../scripts/worker.mjs';
import { Client } from '../tests/workerd/support/client.mjs';
import { Edge, KEY, OWNER_PASSWORD } from '../tests/workerd/support/edge.mjs';
import { connect } from '../tests/workerd/support/sign_in.mjs';
import { workerdOf } from './workerd_process.mjs';

export const BARE = 'bare';

/** In the order of the rounds. */
export const SIDES = {
  bare: { title: 'bare pass-through', make: bare },
  provider: { title: 'workers-oauth-provider', make: provider, signIn: withoutAsking },
  gatelodge: { title: 'Gatelodge, assertion off', make: gatelodge({ ASSERTION: 'off' }), signIn: asOwner },
  asserting: { title: 'Gatelodge, assertion on', make: gatelodge({ ASSERTION: 'header' }), signIn: asOwner },
};

/** Starts these sides, and home. */
export async function startSides(names = Object.keys(SIDES)) {
  const home = await startHome();
  const chosen = await Promise.all(names.map(async (name) => ({ name, ...SIDES[name], port: await freePort() })));
  const workers = await Promise.all(
    chosen.map(async ({ name, make, port }) => ({
      ...(await make(home, `http://localhost:${port}`)),
      name,
      // Past Miniflare's own Worker, which would cost each of them the same, and more than some of them do.
      unsafeDirectSockets: [{ host: '127.0.0.1', port }],
    })),
  );
  const miniflare = inWorkerd(workers);
  await miniflare.ready;
  const stop = async () => {
    await miniflare.dispose();
    home.stop();
  };
  const sides = chosen.map(({ name, title, port, signIn }) => ({ name, title, signIn, edge: new Edge({ url: `http://localhost:${port}`, miniflare, stop }) }));
  for (const side of sides) side.token = (await side.signIn?.(side.edge))?.tokens.access_token;
  return { sides, home, pid: workerdOf(process.pid), miniflare, stop };
}

async function startHome() {
  const child = fork(join(ROOT, 'bench', 'home.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const forget = onExit(() => child.kill('SIGKILL'));
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    pid: child.pid,
    stop() {
      forget();
      child.kill('SIGKILL');
    },
  };
}

/** The date and flags that the built Worker runs with. */
function platform() {
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = wranglerConfig();
  return { compatibilityDate, compatibilityFlags };
}

function bare(home) {
  return { ...platform(), modules: true, scriptPath: join(ROOT, 'bench', 'workers', 'bare.mjs'), bindings: { ORIGIN: home.url } };
}

async function provider(home, address) {
  const bindings = { ORIGIN: home.url, ISSUER: address };
  return { ...platform(), modules: true, script: await providerScript(), bindings, kvNamespaces: { OAUTH_KV: { id: 'provider' } } };
}

/** In one file, and as small as Gatelodge's own JavaScript is made. */
export async function providerScript() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'bench', 'workers', 'provider.mjs')],
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['cloudflare:workers'],
    write: false,
  });
  return outputFiles[0].text;
}

function gatelodge(vars) {
  return (home, address) => ({
    ...builtWorker({ vars: { ORIGIN: home.url, GATELODGE_KEY: KEY, OWNER_PASSWORD, ...vars } }),
    kvNamespaces: { REGISTER: { id: `gatelodge at ${address}` } },
  });
}

function asOwner(edge) {
  return connect(edge);
}

async function withoutAsking(edge) {
  const client = await Client.register(edge);
  const { url, verifier } = client.authorization();
  const { headers } = await edge.send(url.slice(edge.url.length));
  const code = new URL(headers.location).searchParams.get('code');
  return { client, tokens: (await client.redeem(code, verifier)).json() };
}
