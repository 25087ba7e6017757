// Tools that answer by themselves.

import { setTimeout as pause } from 'node:timers/promises';

import { fromJsonSchema } from '@modelcontextprotocol/server';
import { z } from 'zod';

import { audio, embedded, image, says } from './content.mjs';

const STEP = 50;

/** Each keyword of JSON Schema 2020-12 that something on the way might drop. */
const ADDRESS_BOOK = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

/** A parameter that is also in a header: `Mcp-Param-Region`. */
const REGION = z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) });

export function registerTools(server) {
  const tool = (name, description, answer, inputSchema = z.object({})) =>
    server.registerTool(name, { description, inputSchema }, answer);

  tool('test_simple_text', 'Says a sentence', () => says('This is a simple text response for testing.'));
  tool('test_image_content', 'Shows an image', () => says(image()));
  tool('test_audio_content', 'Plays a sound', () => says(audio()));
  tool('test_embedded_resource', 'Has a resource in it', () =>
    says(embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')),
  );
  tool('test_multiple_content_types', 'Has content of several kinds', () => {
    const resource = embedded('test://mixed-content-resource', 'application/json', JSON.stringify({ test: 'data', value: 123 }));
    return says('Multiple content types test:', image(), resource);
  });
  tool('test_error_handling', 'Fails', () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  tool('test_tool_with_logging', 'Logs what it does', (_, { mcpReq }) => logs(mcpReq));
  tool('test_logging_tool', 'Logs, if it is asked to', async (_, { mcpReq }) => {
    await mcpReq.log('info', 'A line that was asked for');
    return says('Done, with or without a line in the log.');
  });
  tool('test_tool_with_progress', 'Tells how far it is', (_, { mcpReq }) => tellsProgress(mcpReq));
  tool('test_reconnection', 'Closes its stream before it is done', (_, { http }) => leavesAndGoesOn(http));
  tool('json_schema_2020_12_tool', 'Has a schema with many keywords', ({ name }) => says(`Noted: ${name}`), fromJsonSchema(ADDRESS_BOOK));
  tool('test_header_parameter', 'Has a parameter in a header', ({ region }) => says(`In ${region}`), REGION);
}

async function logs({ log }) {
  for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
    await log('info', line);
    await pause(STEP);
  }
  return says('Executed, with three lines in the log.');
}

async function tellsProgress({ notify, _meta: { progressToken } = {} }) {
  for (const progress of [0, 50, 100]) {
    if (progressToken !== undefined) await notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
    await pause(STEP);
  }
  return says('Executed, step by step.');
}

/** SEP-1699: the client comes back for the rest. */
async function leavesAndGoesOn(http) {
  http.closeSSE();
  await pause(2 * STEP);
  return says('Done, after the stream was closed.');
}
