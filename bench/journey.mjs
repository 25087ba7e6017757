// A client on its way from its first question to its end, one request after the other, as `storage` and `cpu` measure each.
import assert from 'node:assert/strict';
import { Browser } from '../tests/workerd/support/browser.mjs';
import { Client } from '../tests/workerd/support/client.mjs';
import { OWNER_PASSWORD } from '../tests/workerd/support/edge.mjs';
import { call } from '../tests/workerd/support/mcp_call.mjs';

const document = (title, path) => ({ title, status: 200, act: ({ edge }) => edge.get(path) });

/** So many seconds ahead the clock is set, where that can be done: what is known of a grant is believed for 30 s. */
const LATER = 60;

const BEFORE = [
  { title: 'challenge', status: 401, act: ({ edge }) => call(edge) },
  document('metadata of the resource', '/.well-known/oauth-protected-resource/mcp'),
  document('metadata of the server', '/.well-known/oauth-authorization-server'),
  { title: 'junk', status: 404, act: ({ edge }) => edge.get('/.env') },
  { title: 'register', act: async (visit) => (visit.client = await Client.register(visit.edge)) },
];

const AFTER = [
  { title: 'code grant', status: 200, act: redeem },
  { title: 'forged token', status: 401, act: ({ edge, tokens }) => call(edge, damaged(tokens.access_token)) },
  { title: 'first call', status: 200, act: callHome },
  { title: 'warm call', status: 200, act: callHome },
  { title: 'call, status of the grant too old', status: 200, clock: LATER, act: callHome },
  { title: 'refresh', status: 200, act: refresh },
];
const revoke = (act) => ({ title: 'revoke', status: 200, act });

/** The owner is asked. */
export const ASKING = [
  ...BEFORE,
  { title: 'sign-in page', status: 200, act: openPage },
  { title: 'login POST', status: 200, act: logIn },
  { title: 'consent POST', status: 303, act: approve },
  ...AFTER,
  revoke(({ client, tokens }) => client.revoke(tokens.refresh_token)),
];

/** Nobody is asked; and revocation is at the token endpoint. */
export const UNASKED = [
  ...BEFORE,
  { title: 'consent', status: 303, act: letIn },
  ...AFTER,
  revoke(({ client, tokens }) => client.token({ token: tokens.refresh_token })),
];

/** One visitor does one step. */
export async function perform({ title, status, act }, visit) {
  const reply = await act(visit);
  if (status !== undefined) assert.equal(reply.status, status, `${title}: ${reply.text}`);
}

async function openPage(visit) {
  visit.browser = new Browser();
  Object.assign(visit, visit.client.authorization());
  return (visit.page = await visit.browser.open(visit.url));
}

async function logIn(visit) {
  return (visit.page = await visit.browser.submit(visit.page, { fill: { password: OWNER_PASSWORD } }));
}

async function approve(visit) {
  const page = await visit.browser.submit(visit.page, { button: 'approve' });
  visit.code = page.leftTo?.searchParams.get('code');
  return page;
}

export async function letIn(visit) {
  const { url, verifier } = visit.client.authorization();
  const reply = await visit.edge.send(url.slice(visit.edge.url.length));
  visit.verifier = verifier;
  visit.code = new URL(reply.headers.location).searchParams.get('code');
  return reply;
}

export async function redeem(visit) {
  const reply = await visit.client.redeem(visit.code, visit.verifier);
  visit.tokens = reply.json();
  return reply;
}

async function refresh(visit) {
  const reply = await visit.client.refresh(visit.tokens.refresh_token);
  visit.tokens = reply.json();
  return reply;
}

function callHome({ edge, tokens }) {
  return call(edge, tokens.access_token);
}

/** Another letter near its end, so that all before that is as it should be. */
function damaged(token) {
  const at = token.length - 5;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
