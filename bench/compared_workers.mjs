// The Workers that are compared, in Miniflare's words.
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../scripts/process.mjs';
import { builtWorker, wranglerConfig } from '../scripts/worker.mjs';
import { KEY, OWNER_PASSWORD } from '../tests/workerd/support/edge.mjs';

export function bare({ ORIGIN }, main = 'bare.mjs') {
  return { ...platform(), scriptPath: join(ROOT, 'bench', 'workers', main), bindings: { ORIGIN } };
}

export function sameSteps(bindings) {
  return bare(bindings, 'same_steps.mjs');
}

export async function provider(bindings, main = 'provider.mjs') {
  return { ...platform(), script: await bundled(main), bindings, kvNamespaces: { OAUTH_KV: { id: 'provider' } } };
}

export function gatelodge(vars) {
  return ({ ORIGIN, ISSUER }) => ({
    ...builtWorker({ vars: { ORIGIN, GATELODGE_KEY: KEY, OWNER_PASSWORD, ...vars } }),
    kvNamespaces: { REGISTER: { id: ISSUER } },
  });
}

export function bareWithKv(bindings) {
  return { ...bare(bindings), kvNamespaces: { KV: { id: 'bare' } } };
}

export async function bareWithLedger(bindings) {
  const { modules: _, ...furnished } = gatelodge({})(bindings);
  return { ...furnished, modules: true, script: await bundled('bare_with_ledger.mjs') };
}

export async function storageAlone() {
  const durableObjects = { OBJECTS: { className: 'Objects', useSQLite: true } };
  return { ...platform(), script: await bundled('storage_alone.mjs'), kvNamespaces: { KV: { id: 'storage' } }, durableObjects };
}

/** In one file, and as small as Gatelodge's own JavaScript is made. */
export async function bundled(main) {
  const entryPoints = [join(ROOT, 'bench', 'workers', main)];
  const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, format: 'esm', external: ['cloudflare:workers'], write: false });
  return outputFiles[0].text;
}

/** The date and flags that the built Worker runs with. */
function platform() {
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = wranglerConfig();
  return { compatibilityDate, compatibilityFlags, modules: true };
}
