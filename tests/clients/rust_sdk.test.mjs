// The Rust SDK, in both eras: as a client that registers, and as one that has a document.

import { startEverything } from '../workerd/support/everything.mjs';
import { startRustSdk } from '../workerd/support/rust_sdk_client.mjs';
import { journeys } from './support/journey.mjs';
import { startModernHome } from './support/modern_home.mjs';
import { rustVersion } from './support/versions.mjs';

const SDK = {
  name: 'Rust SDK',
  version: rustVersion('rmcp'),
  refusal: /Authorization server issuer mismatch/,
  failure: /Auth required/,
};

function starting(mode) {
  return ({ url, name, open, document }) => startRustSdk({ URL: url, NAME: name, MODE: mode, ...(document && { DOCUMENT: document }) }, open);
}

journeys(
  { ...SDK, protocol: '2025-11-25', startHome: startEverything, start: starting('legacy') },
  { ...SDK, protocol: '2026-07-28', startHome: startModernHome, hasDocument: true, start: starting('2026-07-28') },
);
