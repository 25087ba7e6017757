// Tools and a prompt whose calls take several rounds, as from 2026-07-28 on (SEP-2322): what is needed from the client is the
// answer, and the client calls again with it.

import { randomBytes } from 'node:crypto';

import {
  CLIENT_CAPABILITIES_META_KEY,
  acceptedContent,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

import { says, text } from './content.mjs';

const NAME = z.object({ name: z.string() });
const COLOR = z.object({ color: z.string() });
const CONTEXT = z.object({ context: z.string() });
const OK = z.object({ ok: z.boolean() });

const codec = createRequestStateCodec({ key: randomBytes(32) });
/** What a client brings back is read only if it was made here. */
export const requestState = { verify: codec.verify };

const elicit = (message, requestedSchema) => inputRequired.elicit({ message, requestedSchema });
const sample = (question, maxTokens) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: question } }], maxTokens });
const needs = (inputRequests, state) => inputRequired({ inputRequests, ...(state && { requestState: state }) });

export function registerRounds(server) {
  const tool = (name, description, answer) =>
    server.registerTool(`test_input_required_result_${name}`, { description }, ({ mcpReq }) => answer(mcpReq));

  tool('elicitation', 'Needs a name', greetsByName);
  tool('sampling', 'Needs a model', needsAModel);
  tool('list_roots', 'Needs the roots', needsRoots);
  tool('request_state', 'Needs its own state back', needsConfirmation);
  tool('tampered_state', 'Needs its own state back, unharmed', needsConfirmation);
  tool('multiple_inputs', 'Needs three things at once', needsThreeThings);
  tool('multi_round', 'Needs two rounds', needsTwoRounds);
  tool('capabilities', 'Needs what the client can do', needsWhatIsThere);
  server.registerTool('test_missing_capability', { description: 'Needs a model, whoever asks' }, ({ mcpReq }) => needsAModel(mcpReq));
  server.registerTool('test_streaming_elicitation', { description: 'Tells progress, and then needs a name' }, async ({ mcpReq }) => {
    await mcpReq.notify({ method: 'notifications/progress', params: { progressToken: 'streaming', progress: 1 } });
    return greetsByName(mcpReq);
  });
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'A prompt that needs its context' },
    ({ mcpReq }) => aboutContext(mcpReq),
  );
}

function greetsByName({ inputResponses }) {
  const answer = acceptedContent(inputResponses, 'user_name', NAME);
  return answer ? says(`Hello, ${answer.name}!`) : needs({ user_name: elicit('What is your name?', NAME) });
}

function needsAModel({ inputResponses }) {
  const answer = inputResponse(inputResponses, 'capital_question');
  if (answer.kind !== 'sampling') return needs({ capital_question: sample('What is the capital of France?', 100) });
  return says(`The model says: ${answer.result.content.text}`);
}

function needsRoots({ inputResponses }) {
  const answer = inputResponse(inputResponses, 'client_roots');
  if (answer.kind !== 'roots') return needs({ client_roots: inputRequired.listRoots() });
  return says(`The roots: ${answer.roots.map(({ uri }) => uri).join(', ')}`);
}

async function needsConfirmation({ inputResponses, requestState: state }) {
  const confirmed = acceptedContent(inputResponses, 'confirm', OK);
  if (confirmed && state()?.asked === 'confirm') return says('state-ok');
  return needs({ confirm: elicit('Please confirm', OK) }, await codec.mint({ asked: 'confirm' }));
}

async function needsThreeThings({ inputResponses, requestState: state }) {
  const name = acceptedContent(inputResponses, 'user_name', NAME);
  const greeting = inputResponse(inputResponses, 'greeting');
  const roots = inputResponse(inputResponses, 'client_roots');
  if (name && greeting.kind === 'sampling' && roots.kind === 'roots' && state()) {
    return says(`${greeting.result.content.text} ${name.name}, with ${roots.roots.length} roots`);
  }
  const all = {
    user_name: elicit('What is your name?', NAME),
    greeting: sample('Generate a greeting', 50),
    client_roots: inputRequired.listRoots(),
  };
  return needs(all, await codec.mint({ asked: Object.keys(all) }));
}

async function needsTwoRounds({ inputResponses, requestState: state }) {
  const name = acceptedContent(inputResponses, 'step1', NAME)?.name ?? state()?.name;
  const color = acceptedContent(inputResponses, 'step2', COLOR)?.color;
  if (name === undefined) return needs({ step1: elicit('Step 1: What is your name?', NAME) }, await codec.mint({ step: 1 }));
  if (color === undefined) return needs({ step2: elicit('Step 2: What is your favorite color?', COLOR) }, await codec.mint({ step: 2, name }));
  return says(`${name} likes ${color}`);
}

function needsWhatIsThere({ envelope, inputResponses }) {
  if (inputResponses && Object.keys(inputResponses).length > 0) return says('Thank you.');
  const { elicitation, sampling } = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
  return needs({
    ...(elicitation && { user_name: elicit('What is your name?', NAME) }),
    ...(sampling && { greeting: sample('Generate a greeting', 50) }),
  });
}

function aboutContext({ inputResponses }) {
  const answer = acceptedContent(inputResponses, 'user_context', CONTEXT);
  if (!answer) return needs({ user_context: elicit('What context should the prompt use?', CONTEXT) });
  return { messages: [{ role: 'user', content: text(`In the context of ${answer.context}`) }] };
}
