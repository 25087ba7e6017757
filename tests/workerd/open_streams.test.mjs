// An open event stream does not outlive the right to read it: it ends when its grant is revoked, or its token has
// expired (TR-11). With the shortest configuration its reader is admitted once more every seven seconds.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';

import { Client } from './support/client.mjs';
import { edgeAndHome } from './support/edge_and_home.mjs';
import { eventually } from './support/eventually.mjs';
import { assertNotAdmitted } from './support/expect.mjs';
import { PING } from './support/mcp_call.mjs';
import { open } from './support/send.mjs';
import { connect, enter } from './support/sign_in.mjs';

/** Seven seconds, what an isolate may still believe, and a machine that is busy. */
const BOUND = { within: 16_000 };

const lasting = await edgeAndHome({ GRANT_CACHE_SECONDS: '1' });
const brief = await edgeAndHome({ GRANT_CACHE_SECONDS: '1', ACCESS_TOKEN_SECONDS: '4' });
for (const { origin } of [lasting, brief])
  origin.answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');

class Stream {
  text = '';
  end = 'none';

  /** A stream whose first event has come. */
  static async open({ edge, origin }, method, token) {
    const id = randomUUID();
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}`, 'last-event-id': id };
    const { request, response } = await open(edge.mcp, { method, headers, ...(method === 'POST' && { json: PING }) });
    assert.equal(response.statusCode, 200);
    const stream = new Stream();
    stream.atHome = origin.requests.find((request) => request.headers['last-event-id'] === id).response;
    stream.leave = () => request.destroy();
    response.setEncoding('utf8');
    response.on('data', (text) => (stream.text += text));
    response.on('end', () => (stream.end = 'proper'));
    response.on('error', () => (stream.end = 'broken'));
    await eventually(() => stream.text === 'data: 1\n\n');
    return stream;
  }

  async ends() {
    await eventually(() => this.end !== 'none', BOUND);
    assert.equal(this.end, 'proper', 'as if home had ended it');
    assert.equal(this.text, 'data: 1\n\n', 'nothing is added');
    await eventually(() => this.atHome.closed);
  }

  async goesOn() {
    assert.equal(this.end, 'none');
    this.atHome.write('data: 2\n\n');
    await eventually(() => this.text === 'data: 1\n\ndata: 2\n\n');
    this.leave();
  }
}

describe('an open stream', { concurrency: true }, () => {
  for (const method of ['GET', 'POST']) {
    test(`that ${method} opened ends when the owner revokes its grant, and no other does`, async () => {
      const name = `Revoked ${method}`;
      const client = await Client.register(lasting.edge, { client_name: name });
      const revoked = await connect(lasting.edge, { client });
      const kept = await connect(lasting.edge);
      const ending = await Stream.open(lasting, method, revoked.tokens.access_token);
      const other = await Stream.open(lasting, method, kept.tokens.access_token);

      const page = await enter(revoked.browser, `${lasting.edge.url}/gatelodge`);
      await revoked.browser.submit(page, { action: '/gatelodge/revoke', about: name });

      await assertNotAdmitted(lasting.edge, revoked.tokens.access_token);
      await ending.ends();
      await other.goesOn();
    });

    test(`that ${method} opened ends when its token has expired`, async () => {
      const { tokens } = await connect(brief.edge);
      const ending = await Stream.open(brief, method, tokens.access_token);
      await ending.ends();
      await assertNotAdmitted(brief.edge, tokens.access_token);
    });
  }
});

test('a stream that home opens late is not opened for whom was revoked meanwhile', async () => {
  const { edge, origin } = lasting;
  const { tokens, client } = await connect(edge);
  const usual = origin.answer;
  const late = new Promise((released) => {
    origin.answer = (response) => released(() => usual(response));
  });
  const { access_token: token } = tokens;
  const opening = open(edge.mcp, { method: 'GET', headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` } });
  const begin = await late;
  origin.answer = usual;
  await client.revoke(tokens.refresh_token);
  await assertNotAdmitted(edge, token);
  begin();
  const { request, response } = await opening;
  assert.equal(response.statusCode, 401);
  request.destroy();
});

test('a stream that home breaks off is broken off for its reader, not ended', async () => {
  const { tokens } = await connect(lasting.edge);
  const stream = await Stream.open(lasting, 'GET', tokens.access_token);
  stream.atHome.destroy();
  await eventually(() => stream.end !== 'none');
  assert.equal(stream.end, 'broken');
});
