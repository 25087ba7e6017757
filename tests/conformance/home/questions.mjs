// Tools that ask the client while their call is open, as revisions up to 2025-11-25 do.

import { z } from 'zod';

import { says } from './content.mjs';

const CONTACT = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

/** SEP-1034. */
const WITH_DEFAULTS = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};

const titled = (of, ...titles) => titles.map((title, index) => ({ const: `${of}${index + 1}`, title }));
const OPTIONS = ['option1', 'option2', 'option3'];
/** SEP-1330. */
const OF_ENUMS = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: OPTIONS },
    titledSingle: { type: 'string', oneOf: titled('value', 'First Option', 'Second Option', 'Third Option') },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option One', 'Option Two', 'Option Three'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: OPTIONS } },
    titledMulti: { type: 'array', items: { anyOf: titled('value', 'First Choice', 'Second Choice', 'Third Choice') } },
  },
};

export function registerQuestions(server) {
  server.registerTool(
    'test_sampling',
    { description: 'Asks a model', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const messages = [{ role: 'user', content: { type: 'text', text: prompt } }];
      const { content } = await mcpReq.requestSampling({ messages, maxTokens: 100 });
      return says(`LLM response: ${content.text}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks a person', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => says(`User response: ${await ask(mcpReq, message, CONTACT)}`),
  );
  for (const [name, description, schema] of [
    ['test_elicitation_sep1034_defaults', 'Asks with answers filled in', WITH_DEFAULTS],
    ['test_elicitation_sep1330_enums', 'Asks to choose', OF_ENUMS],
  ]) {
    server.registerTool(name, { description }, async ({ mcpReq }) =>
      says(`Elicitation completed: ${await ask(mcpReq, description, schema)}`),
    );
  }
}

async function ask({ elicitInput }, message, requestedSchema) {
  const { action, content = {} } = await elicitInput({ message, requestedSchema });
  return `action=${action}, content=${JSON.stringify(content)}`;
}
