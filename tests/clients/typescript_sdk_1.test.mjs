// The TypeScript SDK before the revision of 2026-07-28, on which most clients of today are built.

import { startEverything } from '../workerd/support/everything.mjs';
import { Application } from './node/typescript_sdk_1.mjs';
import { journey } from './support/journey.mjs';
import { npmVersion } from './support/versions.mjs';

journey({
  name: 'TypeScript SDK',
  version: npmVersion('@modelcontextprotocol/sdk'),
  protocol: '2025-11-25',
  startHome: startEverything,
  start: (options) => new Application(options),
  failure: /UnauthorizedError/,
});
