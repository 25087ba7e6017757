// The owner's register as it is stored: what one version wrote, the next one reads (docs/storage.md).

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';

import { Client } from './support/client.mjs';
import { startEdge } from './support/edge.mjs';
import { obtainCode } from './support/sign_in.mjs';

let edge;
let register;

before(async () => {
  edge = await startEdge();
  register = await edge.miniflare.getKVNamespace('REGISTER');
});
after(() => edge.stop());

/** The rows of one kind that an approval of this client left, with their values and metadata. */
async function rows(kind, client) {
  const { keys } = await register.list({ prefix: `${kind}/${digestOf(client)}` });
  return Promise.all(keys.map(async ({ name }) => ({ name, ...(await register.getWithMetadata(name)) })));
}

const digestOf = (client) => createHash('sha256').update(client.id).digest('base64url');

function assertJustNow(seconds) {
  assert.ok(Math.abs(Date.now() / 1000 - seconds) < 60, String(seconds));
}

for (const [what, name, stored] of [
  ['a client', 'Claude', 'Claude'],
  ['a client without a name', undefined, ''],
]) {
  test(`an approval of ${what} leaves one row for the client and one for the grant`, async () => {
    const client = await Client.register(edge, { client_name: name });
    await obtainCode(edge, { client });

    const [row, ...more] = await rows('client', client);
    assert.deepEqual(more, []);
    const at = row.metadata.approved_at;
    assertJustNow(at);
    assert.equal(row.name, `client/${digestOf(client)}`);
    assert.equal(row.value, `{"client":"${stored}","host":"client.example","approved_at":${at}}`);
    assert.deepEqual(row.metadata, { client: stored, host: 'client.example', approved_at: at });

    const [grant, ...others] = await rows('grant', client);
    assert.deepEqual(others, []);
    assert.match(grant.name.slice(`grant/${digestOf(client)}`.length), /^\/[\w-]{22}$/);
    assert.equal(grant.value, `{"client":"${stored}","host":"client.example","mount":"/mcp","approved_at":${at}}`);
    assert.deepEqual(grant.metadata, { client: stored, host: 'client.example', mount: '/mcp', approved_at: at });
  });
}

test('a row of the pinned form is read: the client is known from before', async () => {
  const client = await Client.register(edge);
  const pinned = { client: 'Claude', host: 'client.example', approved_at: 1_700_000_000 };
  await register.put(`client/${digestOf(client)}`, JSON.stringify(pinned), { metadata: pinned });
  const { browser } = await obtainCode(edge);
  const consent = await browser.open(client.authorization().url);
  assert.match(consent.says, /14 Nov 2023/);
});
