// The Python SDK of the revision of 2026-07-28, in both eras: as a client that registers, and as one that has a document.

import { startEverything } from '../workerd/support/everything.mjs';
import { journeys } from './support/journey.mjs';
import { startModernHome } from './support/modern_home.mjs';
import { pythonClient } from './support/python_sdk.mjs';

const OF_BOTH = { asksAtOnce: true, refusal: /OAuthFlowError/ };

journeys(
  {
    ...(await pythonClient(2, 'legacy')),
    ...OF_BOTH,
    protocol: '2025-11-25',
    startHome: startEverything,
    failure: /Session not found/,
  },
  {
    ...(await pythonClient(2, '2026-07-28')),
    ...OF_BOTH,
    protocol: '2026-07-28',
    startHome: startModernHome,
    hasDocument: true,
  },
);
