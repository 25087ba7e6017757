// Tasks: work that goes on after its call was answered (SEP-2663, the extension `io.modelcontextprotocol/tasks`). The SDK lets a server
// register the methods, and has nothing behind them.

import { randomUUID } from 'node:crypto';

import { CLIENT_CAPABILITIES_META_KEY, MissingRequiredClientCapabilityError, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';

const TASKS = 'io.modelcontextprotocol/tasks';
const OF_ONE = z.object({ taskId: z.string() });

/** Whether the client that calls knows of tasks. */
export function knowsTasks({ envelope }) {
  return envelope?.[CLIENT_CAPABILITIES_META_KEY]?.extensions?.[TASKS] !== undefined;
}

function mustKnowTasks(mcpReq) {
  if (knowsTasks(mcpReq)) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [TASKS]: {} } } });
}

/** All tasks of one home. */
export class Tasks {
  #all = new Map();

  /**
   * Begins work, and answers the call with the task.
   *
   * @param {object} mcpReq the call
   * @param {(task: Task) => Promise<object>} work resolves to the tool's result
   */
  begin(mcpReq, work) {
    mustKnowTasks(mcpReq);
    const task = new Task();
    this.#all.set(task.id, task);
    task.follow(work(task));
    return { resultType: 'task', ...task.head() };
  }

  register(server) {
    const method = (name, answer) =>
      server.setRequestHandler(name, { params: OF_ONE }, ({ taskId }, { mcpReq }) => {
        mustKnowTasks(mcpReq);
        return answer(this.#find(taskId), mcpReq);
      });
    method('tasks/get', (task) => task.whole());
    method('tasks/update', (task, { inputResponses = {} }) => task.answer(inputResponses));
    method('tasks/cancel', (task) => task.cancel());
    server.registerCapabilities({ extensions: { [TASKS]: {} } });
  }

  #find(id) {
    const task = this.#all.get(id);
    if (!task) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such task');
    return task;
  }
}

class Task {
  id = randomUUID();
  #created = new Date().toISOString();
  #updated = this.#created;
  #status = 'working';
  #outcome = {};
  #questions = new Map();
  #ended = new AbortController();

  /** Work ends early when its task is cancelled. */
  get signal() {
    return this.#ended.signal;
  }

  /** Asks the client; resolves to its answers once all are there. */
  ask(requests) {
    const answered = Object.entries(requests).map(
      ([key, request]) => new Promise((resolve) => this.#questions.set(key, { request, resolve: (answer) => resolve([key, answer]) })),
    );
    return Promise.all(answered).then(Object.fromEntries);
  }

  follow(work) {
    work.then(
      (result) => this.#end('completed', { result }),
      ({ code = ProtocolErrorCode.InternalError, message }) => this.#end('failed', { error: { code, message } }),
    );
  }

  answer(responses) {
    for (const [key, response] of Object.entries(responses)) {
      this.#questions.get(key)?.resolve(response);
      this.#questions.delete(key);
    }
    return {};
  }

  cancel() {
    this.#end('cancelled', {});
    this.#ended.abort();
    return {};
  }

  head() {
    const status = this.#status === 'working' && this.#questions.size > 0 ? 'input_required' : this.#status;
    return { taskId: this.id, status, createdAt: this.#created, lastUpdatedAt: this.#updated, ttlMs: 60_000, pollIntervalMs: 100 };
  }

  whole() {
    const head = this.head();
    const open = [...this.#questions].map(([key, { request }]) => [key, request]);
    return { ...head, ...this.#outcome, ...(head.status === 'input_required' && { inputRequests: Object.fromEntries(open) }) };
  }

  #end(status, outcome) {
    if (this.#status !== 'working') return;
    this.#status = status;
    this.#outcome = outcome;
    this.#updated = new Date().toISOString();
  }
}
