// Which release of each client is installed. All of them are pinned.

import { read } from '../../workerd/support/documents.mjs';

export function npmVersion(name) {
  const { dependencies } = JSON.parse(read('tests/clients/node/package.json'));
  const { devDependencies } = JSON.parse(read('package.json'));
  return dependencies[name] ?? devDependencies[name];
}

export function pythonVersion(requirements) {
  return /^mcp==(.+)$/m.exec(read(requirements))[1];
}

export function rustVersion(name) {
  return new RegExp(`^name = "${name}"\\r?\\nversion = "([^"]+)"`, 'm').exec(read('tests/clients/rust/Cargo.lock'))[1];
}
