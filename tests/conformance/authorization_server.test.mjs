// The official conformance suite against the gate as an authorization server, for each revision of MCP that the suite knows, and for each
// way in which a client can be known. The owner's part, password and consent, is played here.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Browser } from '../workerd/support/browser.mjs';
import { Client } from '../workerd/support/client.mjs';
import { startEdge } from '../workerd/support/edge.mjs';
import { send } from '../workerd/support/send.mjs';
import { decide } from '../workerd/support/sign_in.mjs';
import { steadyPort } from '../workerd/support/steady_port.mjs';
import { World } from '../workerd/support/world.mjs';
import { report } from './support/report.mjs';
import { count, explain, runSuite, scenarios, scenariosWith } from './support/suite.mjs';

const listed = await scenarios('authorization');

/** Where the suite waits for the answer; a client on the owner's machine may take any port. */
const REDIRECT_URIS = ['http://127.0.0.1/callback'];
const CONFIGURED = { client_id: 'conformance-suite', name: 'Conformance suite', redirect_uris: REDIRECT_URIS };
const DOCUMENT = 'https://client.example/client.json';

/** How the gate knows the client → its identifier. */
const CLIENTS = {
  'registered client': async () => (await Client.register(edge, { redirect_uris: REDIRECT_URIS })).id,
  'configured client': async () => CONFIGURED.client_id,
  'client with a document': async () => DOCUMENT,
};

const rows = [];
let edge;

before(async () => {
  const world = new World();
  world.put(DOCUMENT, { client_id: DOCUMENT, client_name: 'Described', redirect_uris: REDIRECT_URIS });
  edge = await startEdge({ CLIENTS: JSON.stringify([CONFIGURED]) }, { outboundService: world.service });
});
after(async () => {
  await edge.stop();
  report('The conformance suite, its scenarios for authorization servers; how many checks passed, and so on:', rows);
});

for (const revision of listed.revisions) {
  describe(revision, { concurrency: 2 }, () => {
    for (const client of Object.keys(CLIENTS)) {
      for (const resource of ['for /mcp', 'without a resource']) {
        test(`a ${client} is let in, ${resource}`, async () => {
          const result = await letIn(revision, client, resource);
          rows.push({ revision, client, resource, ...count(result) });
          assert.deepEqual(Object.keys(result.checks).sort(), listed.of(revision));
          assert.deepEqual(scenariosWith(result, 'FAILURE', 'WARNING', 'SKIPPED'), [], explain(result));
          assert.equal(result.exitCode, 0, explain(result));
        });
      }
    }
  });
}

test('no scenario that the suite has is left out', () => {
  assert.deepEqual([...new Set(listed.revisions.flatMap(listed.of))].sort(), listed.all);
});

async function letIn(revision, client, resource) {
  const name = ['authorization', revision, client, resource].map((part) => part.replaceAll(/[ /]+/g, '-')).join('/');
  const who = ['--client-id', await CLIENTS[client](), '--port', String(await steadyPort())];
  const what = resource === 'for /mcp' ? ['--resource', edge.mcp] : [];
  const asked = ['authorization', '--url', edge.url, '--spec-version', revision, ...who, ...what];
  let owner;
  const result = await runSuite(name, asked, (line) => {
    if (line.startsWith(`${edge.url}/authorize?`)) owner = approve(line);
  });
  await owner;
  return result;
}

/** The owner opens the address that the suite prints, and is sent back to it. */
async function approve(url) {
  const callback = await decide(new Browser(), url);
  assert.equal((await send(callback.href)).status, 200);
}
