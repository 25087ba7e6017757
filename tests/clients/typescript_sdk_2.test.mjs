// The TypeScript SDK of the revision of 2026-07-28, in both eras: as a client that registers, and as one that has a document.

import { startEverything } from '../workerd/support/everything.mjs';
import { Application } from './node/typescript_sdk_2.mjs';
import { journeys } from './support/journey.mjs';
import { startModernHome } from './support/modern_home.mjs';
import { npmVersion } from './support/versions.mjs';

const SDK = {
  name: 'TypeScript SDK',
  version: npmVersion('@modelcontextprotocol/client'),
  refusal: /IssuerMismatchError/,
  failure: /UnauthorizedError/,
};

journeys(
  {
    ...SDK,
    protocol: '2025-11-25',
    startHome: startEverything,
    start: (options) => new Application({ ...options, mode: 'legacy' }),
  },
  {
    ...SDK,
    protocol: '2026-07-28',
    startHome: startModernHome,
    hasDocument: true,
    start: (options) => new Application({ ...options, mode: { pin: '2026-07-28' } }),
  },
);
