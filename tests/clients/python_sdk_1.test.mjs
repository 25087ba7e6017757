// The Python SDK before the revision of 2026-07-28. Its connection outlives a revocation, and the session in it does not.

import { startEverything } from '../workerd/support/everything.mjs';
import { journey } from './support/journey.mjs';
import { pythonClient } from './support/python_sdk.mjs';

journey({
  ...(await pythonClient(1)),
  protocol: '2025-11-25',
  startHome: startEverything,
  asksAtOnce: true,
  failure: /Session terminated/,
});
