// The Inspector's command line, in both eras: each of its commands is a process, and what it signed in for is in files.

import { startEverything } from '../workerd/support/everything.mjs';
import { Application } from './node/inspector.mjs';
import { journeys } from './support/journey.mjs';
import { startModernHome } from './support/modern_home.mjs';
import { npmVersion } from './support/versions.mjs';

const INSPECTOR = {
  name: 'MCP Inspector, command line',
  version: npmVersion('@modelcontextprotocol/inspector'),
  refusal: /Issuer mismatch/,
  noProgress: 'it has no place for it',
  // It does not get over a token that ends in the middle of a command.
  tokenSeconds: 12,
  asksAtOnce: true,
};

journeys(
  {
    ...INSPECTOR,
    protocol: '2025-11-25',
    startHome: startEverything,
    knownAs: 'MCP Inspector',
    start: (options) => new Application({ ...options, era: 'legacy' }),
  },
  {
    ...INSPECTOR,
    protocol: '2026-07-28',
    startHome: startModernHome,
    hasDocument: true,
    start: (options) => new Application({ ...options, era: 'modern' }),
  },
);
