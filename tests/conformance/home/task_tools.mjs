// Tools whose work is a task, for clients that know of tasks.

import { setTimeout as pause } from 'node:timers/promises';

import { ProtocolError, ProtocolErrorCode, acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import { z } from 'zod';

import { says } from './content.mjs';
import { knowsTasks } from './tasks.mjs';

const NAME = z.object({ name: z.string() });
const ANYTHING = z.object({}).loose();
const YES = z.object({ confirm: z.boolean() });
const elicit = (message, requestedSchema) => inputRequired.elicit({ message, requestedSchema });

export function registerTaskTools(server, tasks) {
  const tool = (name, description, inputSchema, answer) =>
    server.registerTool(name, { description, inputSchema }, (given, { mcpReq }) => answer(given, mcpReq));

  tool('greet', 'Greets at once', NAME, ({ name }) => says(`Hello, ${name}!`));
  tool('slow_compute', 'Takes its time', z.object({ seconds: z.number(), label: z.string().optional() }), ({ seconds, label = 'it' }, mcpReq) => {
    const compute = async ({ signal } = {}) => {
      await pause(seconds * 1000, undefined, { signal });
      return says(`Computed ${label} for ${seconds} seconds`);
    };
    return knowsTasks(mcpReq) ? tasks.begin(mcpReq, compute) : compute();
  });
  tool('failing_job', 'Fails as a tool', ANYTHING, (_, mcpReq) =>
    tasks.begin(mcpReq, async () => {
      await pause(500);
      return { ...says('This job fails.'), isError: true };
    }),
  );
  tool('protocol_error_job', 'Fails altogether', ANYTHING, (_, mcpReq) =>
    tasks.begin(mcpReq, async () => {
      throw new ProtocolError(ProtocolErrorCode.InternalError, 'This job breaks.');
    }),
  );
  tool('confirm_delete', 'Asks before it goes on', ANYTHING, (_, mcpReq) =>
    tasks.begin(mcpReq, async (task) => {
      const answers = await task.ask({ confirm: elicit('Delete it?', YES) });
      return says(acceptedContent(answers, 'confirm', YES)?.confirm ? 'Deleted.' : 'Kept.');
    }),
  );
  tool('multi_input', 'Asks two things at once', ANYTHING, (_, mcpReq) =>
    tasks.begin(mcpReq, async (task) => {
      const answers = await task.ask({ first: elicit('The first name?', NAME), second: elicit('The second name?', NAME) });
      return says(`Answered: ${JSON.stringify(answers)}`);
    }),
  );
  tool('test_tool_with_task', 'Asks, and then works', ANYTHING, (_, mcpReq) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_name', NAME);
    if (!answer) return inputRequired({ inputRequests: { user_name: elicit('What is your name?', NAME) } });
    return tasks.begin(mcpReq, async () => says(`Worked for ${answer.name}`));
  });
}
