// What the suite found directly at home, and what it should find through the gate.

import { isDeepStrictEqual } from 'node:util';

/** Another value in every run: identifiers, and what is made of the time. */
const VARIES = new Set([
  'date',
  'eventId',
  'io.modelcontextprotocol/subscriptionId',
  'last-event-id',
  'lastEventId',
  'lastEventIdUsed',
  'mcp-session-id',
  'request_id',
  'requestState',
  'sessionId',
  'sessionIdSent',
  'subscriptionId',
  'taskId',
  'timestamp',
]);
/** A task is asked for until it is done, so that how often depends on the time. */
const WITH_POLLS = new Set([...VARIES, 'messagesValidated']);
/** Of one connection, and so of the listener that the suite talks to. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** The gate refuses the page of a stranger by itself, before home is asked. */
const REFUSED_PAGE = {
  error: { code: -32600, data: { request_id: '(varies)' }, message: 'Pages of this web origin may not call this server.' },
  id: null,
  jsonrpc: '2.0',
};
/** What the gate adds to an answer that it relays. */
const ADDED = { vary: 'Origin', 'x-content-type-options': 'nosniff' };

/**
 * Each check that is not as it was directly, in a line; nothing, if the gate does no more than it should.
 *
 * @param {Record<string, object[]>} directly the checks of each scenario
 * @param {Record<string, object[]>} gate the same, through the gate
 */
export function differences(directly, gate) {
  const scenarios = [...new Set([...Object.keys(directly), ...Object.keys(gate)])].sort();
  return scenarios.flatMap((scenario) => {
    const varying = scenario.startsWith('tasks-') ? WITH_POLLS : VARIES;
    const wanted = (directly[scenario] ?? []).map((check) => throughTheGate(steady(check, varying)));
    const found = (gate[scenario] ?? []).map((check) => steady(check, varying));
    const places = Array.from({ length: Math.max(wanted.length, found.length) }, (_, place) => place);
    return places
      .filter((place) => !isDeepStrictEqual(wanted[place], found[place]))
      .map((place) => `${scenario}: ${JSON.stringify(wanted[place])} became ${JSON.stringify(found[place])}`);
  });
}

function throughTheGate(check) {
  const { id, details } = check;
  if (id === 'localhost-host-rebinding-rejected') return { ...check, details: { ...details, body: REFUSED_PAGE } };
  if (id === 'incoming-response') return { ...check, details: { ...details, headers: { ...details.headers, ...ADDED } } };
  return check;
}

function steady(value, varying) {
  if (typeof value === 'string') return value.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT').replace(/\(id: \d+\)/, '(id: varies)');
  if (Array.isArray(value)) return value.map((each) => steady(each, varying));
  if (value === null || typeof value !== 'object') return value;
  // The `id` of a check stays; that of an event, which has data, counts what its session has sent so far.
  const varies = (name) => varying.has(name) || (name === 'id' && value.data !== undefined);
  const members = Object.entries(value).filter(([name]) => !OF_THE_CONNECTION.has(name));
  return Object.fromEntries(members.map(([name, member]) => [name, varies(name) ? '(varies)' : steady(member, varying)]));
}
