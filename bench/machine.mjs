// On what was measured, and with what.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../scripts/process.mjs';

export function machine() {
  const [{ model }] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: model.trim(),
    cores: os.cpus().length,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    platform: os.platform(),
    kernel: `${os.type()} ${os.release()}`,
  };
}

export function versions() {
  const [here, nested] = [join(ROOT, 'package.json'), join(ROOT, 'bench', 'package.json')];
  const installed = (name, from) => packageOf(name, from).version;
  return {
    gatelodge: packageAt(here).version,
    // Of all that the Worker was built from.
    build: readFileSync(join(ROOT, 'build', 'inputs.sha256'), 'utf8').slice(0, 16),
    node: process.versions.node,
    workerd: installed('workerd', createRequire(here).resolve('miniflare')),
    miniflare: installed('miniflare', here),
    'workers-oauth-provider': packageAt(nested).dependencies['@cloudflare/workers-oauth-provider'],
    autocannon: installed('autocannon', nested),
  };
}

function packageOf(name, from) {
  return packageAt(createRequire(from).resolve(`${name}/package.json`));
}

function packageAt(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
