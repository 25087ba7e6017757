// What has to be there so that every page can be seen: edges of four configurations, clients of all kinds, and connections with a past.

import { randomBytes } from 'node:crypto';

import { Browser } from './browser.mjs';
import { Client } from './client.mjs';
import { startEdge } from './edge.mjs';
import { eventually } from './eventually.mjs';
import { connect, enter, obtainCode } from './sign_in.mjs';
import { World } from './world.mjs';
import { startWrappedEdge } from './wrapped_edge.mjs';

const NAME = 'My library';
/** Nobody listens there. */
const AWAY = 'http://127.0.0.1:9';
const LONGEST_HOST = `${'a'.repeat(61)}.${'b'.repeat(61)}.${'c'.repeat(61)}.${'d'.repeat(59)}.example`;
const MOST_ROWS = 100;

const CONFIGURATIONS = {
  open: {
    ORIGIN: undefined,
    MOUNTS: JSON.stringify(['/mcp', '/notes'].map((path) => ({ path, origin: AWAY, auth: 'open' }))),
    NAME: 'A town library',
  },
  unconfigured: { ORIGIN: undefined, OWNER_PASSWORD: 'too short', REGISTRATION: 'maybe', SOMETHING: 'else' },
  /** Its site is away, and an old token that is used again ends nothing. */
  lenient: { NAME, SITE: AWAY, SITE_TRUSTED: 'true', REFRESH_REUSE: 'refuse' },
};

const REGISTERED = {
  website: { client_name: 'Test assistant', redirect_uris: ['https://assistant.example/callback'] },
  computer: { client_name: 'Test editor', redirect_uris: ['http://localhost:33418/callback'] },
  app: { client_name: 'Test phone app', redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'] },
  busy: { client_name: 'Test notebook', redirect_uris: ['https://notebook.example/callback'] },
  nameless: { client_name: undefined, redirect_uris: ['https://nameless.example/callback'] },
  invisible: { client_name: '\u200b\u2060\u3164', redirect_uris: ['https://invisible.example/callback'] },
  longest: { client_name: 'Wide'.repeat(20), redirect_uris: [`https://${LONGEST_HOST}/callback`] },
};

const DESCRIBED = {
  described: ['https://described.example/client.json', 'https://described.example/callback'],
  elsewhere: ['https://app.example/client.json', 'https://answers.example/callback'],
};

export async function startStage() {
  const world = new World();
  const scopes = { NAME, SCOPES: '["mcp", "notes"]' };
  const [main, ...others] = await Promise.all([
    startWrappedEdge(scopes, { outboundService: world.service }),
    ...Object.values(CONFIGURATIONS).map((vars) => startEdge(vars)),
  ]);
  const edges = { main, ...Object.fromEntries(Object.keys(CONFIGURATIONS).map((name, index) => [name, others[index]])) };
  const clients = {
    ...(await registered(main)),
    ...described(main, world),
    undescribed: new Client(main, { client_id: 'https://away.example/client.json', redirect_uris: [AWAY] }),
  };
  await connectAll(main, clients);
  return { edges, clients, stop: () => Promise.all(Object.values(edges).map((edge) => edge.stop())) };
}

async function registered(edge) {
  const clients = Object.entries(REGISTERED).map(async ([kind, metadata]) => [kind, await Client.register(edge, metadata)]);
  return Object.fromEntries(await Promise.all(clients));
}

function described(edge, world) {
  const clients = Object.entries(DESCRIBED).map(([kind, [url, callback]]) => {
    const document = { client_id: url, client_name: 'Test assistant', redirect_uris: [callback] };
    world.put(url, document);
    return [kind, new Client(edge, document)];
  });
  return Object.fromEntries(clients);
}

/** Connections of every kind that the owner's page tells apart. */
async function connectAll(edge, { nameless, longest }) {
  const browser = new Browser();
  const named = async (name) => Client.register(edge, { ...REGISTERED.website, client_name: name });
  await edge.setClock(-120);
  await connect(edge, { browser, client: await named('Has not called') });
  await edge.setClock(0);
  await obtainCode(edge, { browser, client: await named('Has not connected') });
  await connect(edge, { browser, client: nameless });
  await connect(edge, { browser, client: longest });
  const lost = await connect(edge, { browser, client: await named('Has lost an answer') });
  await refreshTwice(lost);
  const copied = await connect(edge, { browser, client: await named('Was copied') });
  await replay(copied);
  await eventually(async () => (await enter(browser, `${edge.url}/gatelodge`)).says.includes('made no call'));
}

async function refreshTwice({ client, tokens }) {
  await client.refresh(tokens.refresh_token);
  await client.refresh(tokens.refresh_token);
}

/** Uses a refresh token again that was given up long ago. */
async function replay({ client, tokens }, times = 1) {
  let token = tokens.refresh_token;
  for (let generation = 0; generation < 2; generation += 1) token = (await client.refresh(token)).json().refresh_token;
  for (let time = 0; time < times; time += 1) await client.refresh(tokens.refresh_token);
}

/** Nobody is in. */
export async function emptyRegister(edge) {
  const register = await edge.miniflare.getKVNamespace('REGISTER');
  const { keys } = await register.list();
  await Promise.all(keys.map(({ name }) => register.delete(name)));
}

/** One is in, whose old tokens were used again, and the register has more rows than are shown at once. */
export async function crowdRegister(edge) {
  const client = await Client.register(edge, REGISTERED.website);
  await replay(await connect(edge, { client }), 3);
  const register = await edge.miniflare.getKVNamespace('REGISTER');
  const { keys } = await register.list({ prefix: 'grant/' });
  const { value, metadata } = await register.getWithMetadata(keys[0].name);
  // They come after the one that is real, and their Ledgers know nothing of them.
  const names = Array.from({ length: MOST_ROWS }, () => `grant/${'z'.repeat(42)}w/${randomBytes(16).toString('base64url')}`);
  await Promise.all(names.map((name) => register.put(name, value, { metadata })));
}
