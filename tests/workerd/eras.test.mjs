// Clients and servers of five protocol revisions talk through the edge, which judges none of it: versions, methods and
// errors are between the two (TR-13, TR-16, TR-26, TR-41, TR-44).

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';

import { edgeAndHome } from './support/edge_and_home.mjs';
import { send } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const EITHER = 'application/json, text/event-stream';
const CLIENT = { name: 'a-client', version: '1.0.0' };
const META = 'io.modelcontextprotocol';

const { edge, origin } = await edgeAndHome();
const token = (await connect(edge)).tokens.access_token;
beforeEach(() => {
  homeSays(200, '{"jsonrpc":"2.0","id":1,"result":{}}');
});

function homeSays(status, body, headers = {}) {
  origin.answer = (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/** A message, as bytes. */
function post(body, headers = {}) {
  const own = { accept: EITHER, 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return send(edge.mcp, { method: 'POST', body, headers: { ...own, ...headers } });
}

const request = (method, params, id = 1) => ({ jsonrpc: '2.0', id, method, ...(params && { params }) });

/** A client that has a session: what it sends, with the headers of its revision. */
function stateful(protocolVersion, { header, capabilities = {}, batch = false }) {
  const versioned = header ? { 'mcp-protocol-version': protocolVersion } : {};
  const initialize = request('initialize', { protocolVersion, capabilities, clientInfo: CLIENT });
  const list = request('tools/list', undefined, 2);
  return [
    [initialize, {}],
    [{ jsonrpc: '2.0', method: 'notifications/initialized' }, versioned],
    [batch ? [list, request('ping', undefined, 3)] : list, versioned],
    [request('tools/call', { name: 'echo', arguments: { text: 'Gr\u00fc\u00dfe' }, _meta: { progressToken: 1 } }, 4), versioned],
  ];
}

/** A client that has none: every message says all that there is to know of it. */
function stateless(protocolVersion) {
  const _meta = {
    [`${META}/protocolVersion`]: protocolVersion,
    [`${META}/clientInfo`]: CLIENT,
    [`${META}/clientCapabilities`]: { elicitation: {} },
  };
  const headers = (method, more) => ({ 'mcp-protocol-version': protocolVersion, 'mcp-method': method, ...more });
  const call = { name: 'lookup', arguments: { region: 'eu' }, _meta };
  return [
    [request('server/discover', { _meta }), headers('server/discover')],
    [request('tools/list', { _meta }, 2), headers('tools/list')],
    [request('tools/call', call, 3), headers('tools/call', { 'mcp-name': 'lookup', 'mcp-param-region': 'eu' })],
    [request('subscriptions/listen', { _meta }, 4), headers('subscriptions/listen')],
  ];
}

const ERAS = {
  '2024-11-05': stateful('2024-11-05', { header: false, capabilities: { roots: { listChanged: true } } }),
  '2025-03-26': stateful('2025-03-26', { header: false, capabilities: { sampling: {} }, batch: true }),
  '2025-06-18': stateful('2025-06-18', { header: true, capabilities: { elicitation: {} } }),
  '2025-11-25': stateful('2025-11-25', { header: true, capabilities: { elicitation: { form: {}, url: {} }, tasks: {} } }),
  '2026-07-28': stateless('2026-07-28'),
};
const OF_THE_PROTOCOL = /^mcp-/;
const mcpHeaders = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => OF_THE_PROTOCOL.test(name)));

for (const [era, messages] of Object.entries(ERAS)) {
  describe(`a client of ${era}`, () => {
    for (const [message, headers] of messages) {
      const { method } = [message].flat()[0];
      test(`sends ${method} home as it is, and gets what home says`, async () => {
        // Neither side writes JSON as this edge would.
        const body = ` ${JSON.stringify(message, null, 1)}\r\n`;
        const answer = `{"jsonrpc":"2.0",  "id":1,"result":{"era":"${era}"}}\n`;
        homeSays(200, answer);
        const reply = await post(body, headers);
        assert.equal(reply.status, 200, reply.text);
        assert.equal(reply.text, answer);
        assert.equal(origin.last.body.toString(), body);
        assert.deepEqual(mcpHeaders(origin.last.headers), headers);
        assert.equal(origin.last.headers.accept, EITHER);
      });

      test(`is challenged before ${method} is looked at (RS-20)`, async () => {
        for (const authorization of [undefined, 'Bearer forged']) {
          const reply = await post(JSON.stringify(message), { ...headers, authorization });
          assert.equal(reply.status, 401);
          assert.match(reply.headers['www-authenticate'], /^Bearer resource_metadata=|^Bearer error=/);
        }
        assert.deepEqual(origin.requests, []);
      });
    }
  });
}

const VERSIONS = [undefined, ...Object.keys(ERAS), '1999-01-01', '2099-12-31', 'latest', '', '2025-06-18, 2025-11-25', 'x'.repeat(2000)];
for (const version of VERSIONS) {
  const spelled = version === undefined ? 'no MCP-Protocol-Version' : `MCP-Protocol-Version: ${version.slice(0, 30)}`;
  test(`${spelled} is home's to judge, with every method (TR-26)`, async () => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const headers = { 'mcp-protocol-version': version };
      const options = { headers: { accept: EITHER, authorization: `Bearer ${token}`, ...headers }, method };
      homeSays(200, 'data: 1\n\n', { 'content-type': 'text/event-stream' });
      const reply = await send(edge.mcp, { ...options, ...(method === 'POST' && { json: request('tools/list') }) });
      assert.equal(reply.status, 200, `${method}: ${reply.text}`);
      assert.equal(origin.last.method, method);
      assert.equal(origin.last.headers['mcp-protocol-version'], version);
    }
  });
}

describe('headers of the stateless era', () => {
  const NAMED = [
    ['of other letters', { 'MCP-METHOD': 'TOOLS/CALL', 'mcp-NAME': 'X' }],
    ['that contradict the body', { 'mcp-method': 'tools/call', 'mcp-protocol-version': '2025-06-18' }],
    ['in Base64', { 'mcp-name': '=?base64?SGVsbG8sIOS4lueVjA==?=' }],
    ['in Base64 that is none', { 'mcp-name': '=?base64?SGVsbG8?=', 'mcp-param-x': '=?BASE64?x' }],
    ['that nobody knows', { 'mcp-param-anything-at-all': '1', 'mcp-later': 'x' }],
    ['of an address', { 'mcp-name': 'file:///a%20b?c=d#e' }],
  ];
  for (const [what, headers] of NAMED) {
    test(`${what} reach home, and come back where home sends them (TR-16)`, async () => {
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      homeSays(200, '{}', lower);
      const reply = await post('{"jsonrpc":"2.0","id":1,"method":"tools/list"}', headers);
      assert.equal(reply.status, 200, reply.text);
      assert.deepEqual(mcpHeaders(origin.last.headers), lower);
      assert.deepEqual(mcpHeaders(reply.headers), lower);
    });
  }
});

const error = (code, message, data) => JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message, data } }, null, 2);
const ERRORS = [
  ['an unsupported version', 400, error(-32022, 'Unsupported', { supported: ['2026-07-28'], requested: '2025-06-18' })],
  ['headers that contradict the body', 400, error(-32020, 'Header mismatch')],
  ['a missing capability', 400, error(-32021, 'Missing', { requiredCapabilities: { elicitation: {} } })],
  ['a missing _meta', 400, error(-32602, 'Invalid params')],
  ['a method of another era', 404, error(-32601, 'Method not found: initialize')],
  ['a session that is over', 404, error(-32001, 'Session not found')],
  ['a missing session, in words', 400, 'Bad Request: no valid session ID provided'],
  ['a method that is not offered', 405, error(-32000, 'Method not allowed.')],
  ['a kind of answer that is not offered', 406, error(-32000, 'Not Acceptable')],
  ['a message that is too large', 413, ''],
  ['a kind of message that is not read', 415, '{"error" : "Gr\u00fc\u00dfe"}\r\n'],
  ['something in the way', 409, '\u0000\u0001\u0002'],
  ['a header that is too large', 431, error(-32000, 'Too large')],
];
for (const [what, status, body] of ERRORS) {
  test(`home's ${status}, ${what}, is the client's, byte for byte (TR-13, TR-44)`, async () => {
    homeSays(status, body);
    for (const [message, headers] of [ERAS['2025-11-25'][0], ERAS['2026-07-28'][1]]) {
      const reply = await post(JSON.stringify(message), headers);
      assert.equal(reply.status, status);
      assert.ok(reply.bytes.equals(Buffer.from(body)), reply.text);
      assert.equal(reply.headers['content-type'], 'application/json');
    }
  });
}
