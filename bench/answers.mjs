// What is answered without home: the challenge, the two documents of discovery, and a refresh.
import { load } from './load.mjs';
import { fixed } from './numbers.mjs';
import { callOf } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { withSides } from './sides.mjs';
import { withCpu } from './workerd_process.mjs';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const KINDS = [
  { name: 'challenge', title: 'a call without a token: 401', of: ({ edge }) => ({ ...callOf({ edge }), status: 401 }) },
  { name: 'resource', title: 'the metadata of the resource', of: ({ edge }) => ({ url: `${edge.url}/.well-known/oauth-protected-resource/mcp` }) },
  { name: 'server', title: 'the metadata of the authorization server', of: ({ edge }) => ({ url: `${edge.url}/.well-known/oauth-authorization-server` }) },
];
/** Of one grant, which may refresh 300 times a minute. */
const REFRESHES = 200;

export const answers = {
  run: (effort) =>
    withSides(['provider', 'unsigned'], async (world) => {
      const measured = {};
      for (const { name, title, of } of KINDS) {
        const sides = world.sides.map((side) => ({ ...side, request: of(side) }));
        measured[name] = {
          alone: await asked(world, effort, { title: `${title}, one after the other`, sides, connections: 1 }),
          together: await asked(world, effort, { title: `${title}, 16 at a time`, sides, connections: 16 }),
        };
      }
      measured.refresh = { alone: await refreshed(world, effort) };
      return measured;
    }),
  tables: (measured) => [
    {
      title: 'Answers without home',
      head: ['', 'ms for one', 'p50', 'p99', 'CPU ms', 'per second, 16 at a time'],
      rows: [...KINDS, { name: 'refresh', title: 'a refresh, each with the token of the one before' }].flatMap(({ name, title }) =>
        Object.entries(measured[name].alone).map(([side, { title: who, median: { mean, p50, p99, cpu } }]) => [
          `${title}: ${who}`,
          ...[mean, p50, p99, cpu].map((milliseconds) => fixed(milliseconds, 3)),
          measured[name].together ? fixed(measured[name].together[side].median.perSecond, 0) : '–',
        ]),
      ),
    },
  ],
};

function asked({ pid }, { rounds, seconds }, { title, sides, connections }) {
  return interleave({
    title,
    sides,
    rounds,
    warmUp: ({ request }) => load(request, { connections: 16, seconds: Math.min(1, seconds) }),
    measure: ({ request }) => withCpu(pid, () => load(request, { connections, seconds: seconds / 2 })),
  });
}

function refreshed({ sides, pid }, { rounds }) {
  const measure = async ({ edge, signIn }) => {
    const connected = await signIn(edge);
    return withCpu(pid, () => load(refreshes(edge, connected), { amount: REFRESHES }));
  };
  return interleave({ title: `${REFRESHES} refreshes, one after the other`, sides, rounds, warmUp: measure, measure });
}

/** Each with the refresh token that the one before has brought. */
function refreshes(edge, { client, tokens }) {
  let refresh_token = tokens.refresh_token;
  const body = () => String(new URLSearchParams({ grant_type: 'refresh_token', client_id: client.id, resource: edge.mcp, refresh_token }));
  return {
    url: `${edge.url}/token`,
    method: 'POST',
    headers: FORM,
    requests: [
      {
        setupRequest: (request) => ({ ...request, body: body() }),
        onResponse: (status, text) => {
          if (status === 200) ({ refresh_token } = JSON.parse(text));
        },
      },
    ],
  };
}
