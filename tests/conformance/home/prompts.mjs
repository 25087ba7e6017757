// Prompts.

import { completable } from '@modelcontextprotocol/server';
import { z } from 'zod';

import { embedded, image, text } from './content.mjs';

const user = (...contents) => ({ messages: contents.map((content) => ({ role: 'user', content })) });

const PLACES = ['paris', 'park', 'party'];
const TWO = z.object({
  arg1: completable(z.string().describe('First test argument'), (begun) => PLACES.filter((place) => place.startsWith(begun))),
  arg2: z.string().describe('Second test argument'),
});

export function registerPrompts(server) {
  server.registerPrompt('test_simple_prompt', { description: 'A sentence' }, () => user(text('This is a simple prompt for testing.')));
  server.registerPrompt('test_prompt_with_arguments', { description: 'Has two arguments', argsSchema: TWO }, ({ arg1, arg2 }) =>
    user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Has a resource in it', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) =>
      user(
        embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
        text('Please process the embedded resource above.'),
      ),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'Has an image in it' }, () =>
    user(image(), text('Please analyze the image above.')),
  );
}
