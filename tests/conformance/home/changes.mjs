// Lists that change, and whoever listens is told: a tool that makes a tool come and go, and one that does so with a prompt.

import { says, text } from './content.mjs';

/** What is there now, for all calls of one home. */
export class Changes {
  #there = { tool: false, prompt: false };
  #notifier;

  /** @param {() => { toolsChanged(): void, promptsChanged(): void }} notifier for those who listen */
  constructor(notifier) {
    this.#notifier = notifier;
  }

  register(server) {
    server.registerTool('test_trigger_tool_change', { description: 'Makes a tool come or go' }, () => {
      this.#there.tool = !this.#there.tool;
      this.#notifier().toolsChanged();
      return says('A tool has come or gone.');
    });
    server.registerTool('test_trigger_prompt_change', { description: 'Makes a prompt come or go' }, () => {
      this.#there.prompt = !this.#there.prompt;
      this.#notifier().promptsChanged();
      return says('A prompt has come or gone.');
    });
    if (this.#there.tool) server.registerTool('test_guest', { description: 'Comes and goes' }, () => says('Good day.'));
    if (this.#there.prompt) {
      server.registerPrompt('test_guest', { description: 'Comes and goes' }, () => ({ messages: [{ role: 'user', content: text('Good day.') }] }));
    }
  }
}
