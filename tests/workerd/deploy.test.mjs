// What `wrangler deploy` would upload, and the settings that must not change unnoticed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { unstable_readConfig } from 'wrangler';

import { missingAddress } from '../../scripts/configuration.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Plain objects, for the comparisons: wrangler's have no prototype.
const config = JSON.parse(JSON.stringify(unstable_readConfig({ config: `${ROOT}/wrangler.toml` })));

async function run(args) {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  return { code, text };
}

test('wrangler deploy --dry-run builds and accepts the Worker with its bindings', async () => {
  const { code, text } = await run(['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run']);
  assert.equal(code, 0, text);
  for (const binding of ['env.REGISTER', 'env.LEDGER', 'env.SIGN_IN_LIMIT', 'env.PROBE_LIMIT']) assert.ok(text.includes(binding), text);
});

test('the Worker stays small: at most 400 KB, compressed', () => {
  const { length } = gzipSync(readFileSync(`${ROOT}/build/index_bg.wasm`), { level: 9 });
  assert.ok(length <= 400_000, `${length} bytes`);
});

test('the module makes use of nothing but what worker-build does', async () => {
  const known = ['bulk-memory', 'exception-handling', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];
  const wasmOpt = ['node_modules/binaryen/bin/wasm-opt', 'build/index_bg.wasm', '--quiet'];
  const { code, text } = await run([...wasmOpt, ...known.map((feature) => `--enable-${feature}`)]);
  assert.equal(code, 0, text);
  const without = await run([...wasmOpt, ...known.slice(1).map((feature) => `--enable-${feature}`)]);
  assert.notEqual(without.code, 0, 'a feature that is not known would be found');
});

test('fetch reaches public addresses only: others name the documents that are fetched', () => {
  assert.ok(config.compatibility_flags.includes('global_fetch_strictly_public'));
});

test('there are no preview URLs: each would be a second door', () => {
  assert.equal(config.preview_urls, false);
});

test('the KV namespace has no id: the first deploy makes it', () => {
  assert.deepEqual(config.kv_namespaces, [{ binding: 'REGISTER' }]);
});

test('the Ledger has SQLite storage, the only one of the free plan', () => {
  assert.deepEqual(config.durable_objects.bindings, [{ name: 'LEDGER', class_name: 'Ledger' }]);
  assert.deepEqual(config.migrations.flatMap((migration) => migration.new_sqlite_classes ?? []), ['Ledger']);
  assert.deepEqual(config.migrations.flatMap((migration) => migration.new_classes ?? []), []);
});

test('the log has what the Worker writes, and no line of the platform with a URL in it', () => {
  assert.equal(config.observability.logs.enabled, true);
  assert.equal(config.observability.logs.invocation_logs, false);
});

test('a client that leaves ends its request to the origin', () => {
  assert.ok(config.compatibility_flags.includes('enable_request_signal'));
});

test('sign-in attempts, discovery streams and requests with tokens of one grant are limited', () => {
  assert.deepEqual(config.ratelimits.map(({ name, simple: { limit, period } }) => ({ name, limit, period })), [
    { name: 'SIGN_IN_LIMIT', limit: 20, period: 60 },
    { name: 'PROBE_LIMIT', limit: 10, period: 60 },
    { name: 'GRANT_LIMIT', limit: 300, period: 60 },
  ]);
});

test('no secret is written in wrangler.toml', () => {
  for (const secret of ['GATELODGE_KEY', 'GATELODGE_KEY_PREVIOUS', 'OWNER_PASSWORD', 'ORIGIN_HEADERS']) {
    assert.ok(!(secret in config.vars), secret);
  }
});

test('npm run check says what is wrong, one line per key, and passes once it is right', async () => {
  const { code, text } = await run(['scripts/check.mjs']);
  const missing = !config.vars.ORIGIN && !config.vars.MOUNTS;
  assert.equal(code, missing ? 1 : 0, text);
  if (missing) assert.match(text, /^ {2}ORIGIN: /m);
  if (!config.vars.PUBLIC_URL) assert.match(text, /^ {2}PUBLIC_URL = "https:\/\//m);
  assert.doesNotMatch(text, /^\s+at /m, 'a stack trace');
});

const NAMED = { name: 'gatelodge', workers_dev: true, vars: {} };
const OWN = { pattern: 'mcp.example.com', custom_domain: true };
const ADDRESSES = [
  ['a custom domain', { ...NAMED, routes: [OWN] }, 'https://mcp.example.com'],
  ['a route', { ...NAMED, routes: ['https://mcp.example.com/*'], workers_dev: false }, 'https://mcp.example.com'],
  ['one route', { ...NAMED, route: { pattern: 'mcp.example.com/*', zone_name: 'example.com' } }, 'https://mcp.example.com'],
  ['no domain', NAMED, 'https://gatelodge.<your subdomain>.workers.dev'],
];
for (const [what, wrangler, address] of ADDRESSES) {
  test(`without PUBLIC_URL and with ${what}, the check says which line to add`, () => {
    assert.ok(missingAddress(wrangler).includes(`\n  PUBLIC_URL = "${address}"\n`), missingAddress(wrangler));
  });
}

test('with PUBLIC_URL, or without an address that can be named, there is no line to add', () => {
  assert.equal(missingAddress({ ...NAMED, routes: [OWN], vars: { PUBLIC_URL: 'https://mcp.example.com' } }), undefined);
  assert.equal(missingAddress({ ...NAMED, routes: ['*.example.com/*'], workers_dev: false }), undefined);
});
