// An MCP server with all that the conformance suite asks for, made with the official SDK. It speaks the revisions up to 2025-11-25 in
// sessions, and 2026-07-28 without.

import { once } from 'node:events';
import http from 'node:http';

import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  McpServer,
  SUPPORTED_PROTOCOL_VERSIONS,
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';

import { Changes } from './changes.mjs';
import { registerPrompts } from './prompts.mjs';
import { registerQuestions } from './questions.mjs';
import { acceptSubscriptions, registerResources } from './resources.mjs';
import { registerRounds, requestState } from './rounds.mjs';
import { Sessions } from './sessions.mjs';
import { skills } from './skills.mjs';
import { registerTaskTools } from './task_tools.mjs';
import { Tasks } from './tasks.mjs';
import { registerTools } from './tools.mjs';

const LISTED = { listChanged: true };

export async function startHome() {
  const home = new Home();
  await home.listen();
  return home;
}

class Home {
  /** The revisions that calls were made in, by their header, since the last `speak`. */
  heard = new Set();
  #changes = new Changes(() => this.#modern.notify);
  #tasks = new Tasks();
  #revisions = SUPPORTED_PROTOCOL_VERSIONS;
  #modern = createMcpHandler(() => this.#makeServer('modern'), { legacy: 'reject' });
  #sessions = new Sessions(() => this.#makeServer('legacy'));
  #server = http.createServer(toNodeHandler({ fetch: (request) => this.#answer(request) }));

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}/mcp`;
  }

  /** From now on a session is in this revision, or in an older one: a client that asks for a newer one is told so. */
  speak(revision) {
    this.#revisions = SUPPORTED_PROTOCOL_VERSIONS.filter((known) => known <= revision);
    this.heard.clear();
  }

  async stop() {
    await Promise.all([this.#modern.close(), this.#sessions.close()]);
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request) {
    const stranger =
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ?? originValidationResponse(request, localhostAllowedOrigins());
    if (stranger) return stranger;
    this.heard.add(request.headers.get('mcp-protocol-version'));
    return (await isLegacyRequest(request)) ? this.#sessions.answer(request) : this.#modern.fetch(request);
  }

  /** One for each session, or for each call of the revisions without sessions. */
  #makeServer(era) {
    const capabilities = { completions: {}, logging: {}, prompts: LISTED, resources: { ...LISTED, subscribe: true }, tools: LISTED };
    const revisions = era === 'legacy' && { supportedProtocolVersions: this.#revisions };
    const server = new McpServer({ name: 'home', version: '1.0.0' }, { capabilities, requestState, ...revisions });
    registerTools(server);
    registerQuestions(server);
    registerRounds(server);
    registerResources(server);
    registerPrompts(server);
    skills.attach(server);
    if (era === 'legacy') {
      acceptSubscriptions(server.server);
    } else {
      this.#changes.register(server);
      registerTaskTools(server, this.#tasks);
      this.#tasks.register(server.server);
    }
    return server;
  }
}
