// Everything at the edge that needs storage: where, how it fails, and how it is told that it went well.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { Browser } from './browser.mjs';
import { Client } from './client.mjs';
import { OWNER_PASSWORD } from './edge.mjs';
import { assertAdmitted, assertJson, assertOauthError, assertPage, assertTokens } from './expect.mjs';
import { call } from './mcp_call.mjs';
import { connect, enter, obtainCode } from './sign_in.mjs';

/** How an answer says that storage does not answer. */
export const SAYS_SO = {
  json: (reply) => assertOauthError(reply, 503, 'temporarily_unavailable'),
  page: (page) => {
    assertPage(page, 503);
    assert.equal(page.leftTo, undefined);
  },
  rpc: (reply) => {
    const { jsonrpc, id, error } = assertJson(reply, 503);
    assert.deepEqual({ jsonrpc, id, code: error.code }, { jsonrpc: '2.0', id: null, code: -32603 });
    assert.equal(typeof error.message, 'string');
  },
};

const approved = (page) => assert.ok(page.leftTo?.searchParams.get('code'), page.says);
const shown = (page) => assertPage(page, 200);
const refused = (reply) => assertOauthError(reply, 400, 'invalid_grant');
const answeredBefore = (page) => assertPage(page, 409);
const answered = (reply) => assert.equal(reply.status, 200, reply.text);

/** A client that the owner's page can be asked about by name. */
const newClient = (edge) => Client.register(edge, { client_name: randomUUID() });

async function signedIn(edge) {
  const [browser, client] = [new Browser(), await newClient(edge)];
  shown(await enter(browser, `${edge.url}/gatelodge`));
  return { browser, client };
}

const silent = async (edge) => connect(edge, { client: await newClient(edge) });

/** A client that has called, so that no alarm comes to note that it has not. */
async function connected(edge) {
  const connection = await silent(edge);
  await assertAdmitted(edge, connection.tokens.access_token);
  return connection;
}

async function approving(edge) {
  const { browser, client } = await signedIn(edge);
  const consent = shown(await browser.open(client.authorization().url));
  return { client, attempt: (headers) => browser.submit(consent, { button: 'approve', headers }), done: approved };
}

async function redeeming(edge) {
  const { client, code, verifier } = await obtainCode(edge, { client: await newClient(edge) });
  return { client, attempt: (headers) => client.redeem(code, verifier, {}, { headers }), done: assertTokens };
}

async function refreshing(edge) {
  const { client, tokens } = await connected(edge);
  return { client, attempt: (headers) => client.refresh(tokens.refresh_token, {}, { headers }), done: assertTokens };
}

async function revoking(edge) {
  const { client, tokens } = await connected(edge);
  const done = async (reply) => {
    answered(reply);
    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
  };
  return { client, attempt: (headers) => client.revoke(tokens.refresh_token, {}, { headers }), done };
}

async function asking(edge) {
  const { browser, client } = await signedIn(edge);
  const { url } = client.authorization();
  return { client, attempt: (headers) => browser.open(url, { headers }), done: (page) => assert.ok(shown(page).hasButton('approve')) };
}

async function signingIn(edge) {
  const browser = new Browser();
  const page = await browser.open(`${edge.url}/gatelodge`);
  const attempt = (headers) => browser.submit(page, { fill: { password: OWNER_PASSWORD }, headers });
  return { attempt, done: (next) => assert.ok(!shown(next).asksForPassword) };
}

async function looking(edge) {
  const { browser, client } = await connected(edge);
  const attempt = (headers) => browser.open(`${edge.url}/gatelodge`, { headers });
  return { client, attempt, done: (page) => assert.ok(shown(page).says.includes(client.registration.client_name)) };
}

/** The owner ends a client's grant, by one of the forms of his page. */
const ending = (action) => async (edge) => {
  const { browser, client, tokens } = await connected(edge);
  const page = await browser.open(`${edge.url}/gatelodge`);
  const about = action.endsWith('all') ? '' : client.registration.client_name;
  const done = async (next) => {
    shown(next);
    assertOauthError(await client.refresh(tokens.refresh_token), 400, 'invalid_grant');
  };
  return { client, attempt: (headers) => browser.submit(page, { action, about, headers }), done };
};

/** A call whose grant no isolate knows yet. */
const calling = (path) => async (edge) => {
  const { client, tokens } = await silent(edge);
  const attempt = (headers) => call(edge, tokens.access_token, { path, headers });
  return { client, attempt, done: answered };
};

const REVOKE = '/gatelodge/revoke';
const REVOKE_ALL = '/gatelodge/revoke-all';

/**
 * Each step that needs storage: what it needs, what it says when that does not answer, and how it is done. `alone` is what would be done to
 * the others, too; `rows` are left in the register by what failed; `again` is the answer to a repetition of what cannot be done twice.
 * The edge itself `repeats` what can, when a Ledger was moved.
 */
export const SURFACES = [
  { name: 'a redemption', at: 'LEDGER', says: 'json', prepare: redeeming, again: refused },
  { name: 'a refresh', at: 'LEDGER', repeats: true, says: 'json', prepare: refreshing },
  { name: 'a revocation', at: 'LEDGER', repeats: true, says: 'json', prepare: revoking },
  { name: 'an approval', at: 'LEDGER', says: 'page', prepare: approving, rows: true, again: answeredBefore },
  { name: 'an approval, at its row', at: 'REGISTER', says: 'page', prepare: approving },
  { name: 'the question', at: 'REGISTER', says: 'page', prepare: asking },
  { name: 'a sign-in', at: 'LEDGER', says: 'page', prepare: signingIn },
  { name: 'a sign-in, at its rate limit', at: 'SIGN_IN_LIMIT', says: 'page', prepare: signingIn },
  { name: "the owner's page", at: 'REGISTER', says: 'page', prepare: looking },
  { name: 'a revocation by the owner', at: 'LEDGER', repeats: true, says: 'page', prepare: ending(REVOKE) },
  { name: 'a revocation of all', at: 'LEDGER', says: 'page', prepare: ending(REVOKE_ALL), alone: true },
  { name: 'a revocation of all, at the list', at: 'REGISTER', method: 'list', says: 'page', prepare: ending(REVOKE_ALL), alone: true },
  { name: 'a first call', at: 'LEDGER', repeats: true, says: 'rpc', prepare: calling('/mcp') },
  { name: 'the look at a bearer', at: 'LEDGER', repeats: true, says: 'rpc', prepare: calling('/mcp/auth') },
  { name: 'the look at a bearer, at its client', at: 'LEDGER', repeats: true, skip: 1, says: 'json', prepare: calling('/mcp/auth'), admits: true },
];

/** What goes on without: the Ledger decides, the register only lists, and the limit of a grant only spares its Ledger. */
export const GOES_ON = [
  { name: "the owner's page, when no Ledger answers", at: 'LEDGER', prepare: looking },
  { name: 'a revocation by the owner, when its row stays', at: 'REGISTER', prepare: ending(REVOKE) },
  { name: 'an approval, when the client will not be recognised', at: 'REGISTER', skip: 1, prepare: approving },
  { name: 'a redemption, without its limit', at: 'GRANT_LIMIT', prepare: redeeming },
  { name: 'a refresh, without its limit', at: 'GRANT_LIMIT', prepare: refreshing },
  { name: 'a revocation, without its limit', at: 'GRANT_LIMIT', prepare: revoking },
];
