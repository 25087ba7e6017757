// The command line of the Inspector. It signs in by itself: it prints the address for its user's browser, and listens for the answer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../../scripts/port.mjs';
import { onExit } from '../../../scripts/process.mjs';

const MAIN = fileURLToPath(new URL('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url));
/** For one command, sign-in included. */
const LONGEST = 30_000;

export class Application {
  #flags;
  #folder;

  /** `open` is its user's browser: it is given an address, and answers with the one to which it is sent back. */
  constructor({ url, open, era, document }) {
    this.open = open;
    this.#flags = ['--cli', url, '--transport', 'http', '--format', 'json', '--protocol-era', era];
    if (document) this.#flags.push('--client-metadata-url', document);
  }

  /** It has no connection that stays: each command signs in if need be, and what it signed in for is in files. */
  async connect() {}

  async tools() {
    const { tools } = await this.#run(['--method', 'tools/list']);
    return tools.map(({ name }) => name);
  }

  /** It has no place where it could tell progress. */
  async call(name, args) {
    const { content } = await this.#run(['--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args)]);
    return content[0].text;
  }

  async stop() {
    if (this.#folder) await rm(this.#folder, { recursive: true });
  }

  async #run(command) {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'gatelodge-inspector-'));
    const callback = ['--callback-url', `http://127.0.0.1:${await freePort()}/oauth/callback`];
    const child = spawn(process.execPath, [MAIN, ...this.#flags, ...callback, ...command], {
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST,
    });
    const forget = onExit(() => child.kill());
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (said.stdout += chunk));
    try {
      const [[code]] = await Promise.all([once(child, 'close'), this.#signIn(child, said)]);
      if (code !== 0) throw new Error(`it ended with ${code}: ${said.stderr}`);
    } finally {
      forget();
      child.kill();
    }
    if (said.stdout.includes('notifications/progress')) throw new Error('it tells progress');
    return JSON.parse(said.stdout).result;
  }

  /** Nothing of the person's own, and no program that could open a real browser. */
  #environment() {
    return {
      HOME: this.#folder,
      MCP_AUTO_OPEN_ENABLED: 'true',
      MCP_INSPECTOR_SECRET_STORE: 'file',
      MCP_STORAGE_DIR: this.#folder,
      PATH: this.#folder,
    };
  }

  /** Goes with the browser where it says. */
  async #signIn(child, said) {
    let gone = false;
    for await (const chunk of child.stderr) {
      said.stderr += chunk;
      const address = /^Please navigate to: (\S+)\n/m.exec(said.stderr)?.[1];
      if (!address || gone) continue;
      gone = true;
      await (await fetch(await this.open(address))).text();
    }
  }
}
