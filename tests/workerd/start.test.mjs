// `npm start` as its user sees it: what it prints, what it leaves behind, and how it ends.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../scripts/port.mjs';
import { eventually, inTime } from './support/eventually.mjs';
import { assertNotAdmitted, assertOauthError, assertTokens } from './support/expect.mjs';
import { call } from './support/mcp_call.mjs';
import { send } from './support/send.mjs';
import { connect } from './support/sign_in.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START = join(ROOT, 'scripts', 'start.mjs');
const NOBODY_HOME = ['--origin', 'http://127.0.0.1:9/mcp'];
const PATIENCE = 60_000;

let folder;
const running = new Set();
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatelodge-start-'));
});
after(async () => {
  // A test that failed half-way left its run open.
  for (const run of running) await run.stop('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

/** A run with a state folder of its own under `state`, which another run may share. */
function start(args, { state = 'state', env = {}, by = [process.execPath, START] } = {}) {
  const { OWNER_PASSWORD: _, ...inherited } = process.env;
  const [program, ...words] = by;
  const child = spawn(program, [...words, '--state', join(folder, state), ...args], {
    cwd: ROOT,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = { child, said: '', complained: '' };
  child.stdout.on('data', (chunk) => (run.said += chunk));
  child.stderr.on('data', (chunk) => (run.complained += chunk));
  running.add(run);
  const exit = once(child, 'exit').then(([code, signal]) => {
    running.delete(run);
    return code ?? signal;
  });
  run.ended = () => inTime(exit, 'npm start ends', PATIENCE);
  run.open = () => inTime(Promise.race([announced(run), endedEarly(exit, run)]), 'npm start announces itself', PATIENCE);
  run.stop = (signal = 'SIGINT') => {
    child.kill(signal);
    return run.ended();
  };
  return run;
}

function announced(run) {
  return new Promise((resolve) => {
    run.child.stdout.on('data', () => {
      if (!run.said.includes('Ctrl-C stops it.')) return;
      const [, url] = run.said.match(/^ +URL +(\S+)$/m);
      const [, password] = run.said.match(/^ +Password +(.+)$/m) ?? [];
      resolve({ url, password, origin: new URL(url).origin });
    });
  });
}

async function endedEarly(exit, run) {
  throw new Error(`npm start ended with ${await exit}: ${run.complained}`);
}

function assertSentence(run, pattern) {
  assert.match(run.complained, pattern);
  assert.doesNotMatch(run.complained, /^\s+at /m, 'a stack trace');
}

/** Whether something listens there. */
function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('--help names every option', async () => {
  const run = start(['--help']);
  assert.equal(await run.ended(), 0);
  for (const word of ['--origin', '--port', '--set', '--state', '--fresh', 'OWNER_PASSWORD']) assert.ok(run.said.includes(word), word);
});

const MISTAKES = [
  [['--prot', '1'], /Unknown option '--prot'.*--help/],
  [['8787'], /8787/],
  [['--port'], /--port/],
  [['--port', 'http'], /--port takes a number/],
  [['--port', '70000'], /--port takes a number/],
  [['--set', 'NAME'], /--set takes KEY=VALUE/],
  [['--set', 'name=x'], /--set takes KEY=VALUE/],
  [['--origin', 'http://127.0.0.1:9', '--set', 'ORIGIN=http://127.0.0.1:9'], /say the same thing twice/],
];
for (const [args, sentence] of MISTAKES) {
  test(`${args.join(' ')} is a sentence and exit code 2`, async () => {
    const run = start(args);
    assert.equal(await run.ended(), 2);
    assertSentence(run, sentence);
  });
}

test('a bad --set does not repeat the value, which may be a secret', async () => {
  const run = start(['--set', 'owner_password=correct horse battery']);
  assert.equal(await run.ended(), 2);
  assert.doesNotMatch(run.complained, /correct horse/);
});

test('a port in use is a sentence that names another', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address();
    const run = start(['--port', String(port)]);
    assert.equal(await run.ended(), 1);
    assertSentence(run, new RegExp(`Port ${port} is in use.*--port ${port + 1}`));
  } finally {
    server.close();
  }
});

test('a mistake in the configuration names its key and starts nothing', async () => {
  const run = start(['--port', '0', ...NOBODY_HOME, '--set', 'ACCESS_TOKEN_SECONDS=soon'], { state: 'mistake' });
  assert.equal(await run.ended(), 1);
  assertSentence(run, /^ {2}ACCESS_TOKEN_SECONDS: /m);
  assert.doesNotMatch(run.said, /Password/);
});

test('a home server that does not answer is a warning, and the lodge is open all the same', async () => {
  const run = start(['--port', '0', ...NOBODY_HOME], { state: 'away' });
  const { origin } = await run.open();
  assertSentence(run, /warning: http:\/\/127\.0\.0\.1:9 refuses connections\. Start the server there/);
  assert.equal((await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`)).status, 200);
  assert.equal(await run.stop('SIGTERM'), 0);
});

test('several mounts are listed, each with its own server', async () => {
  const mounts = [{ path: '/mcp', origin: 'http://127.0.0.1:9/mcp' }, { path: '/notes/mcp', origin: 'http://127.0.0.1:10/' }];
  const run = start(['--port', '0', '--set', `MOUNTS=${JSON.stringify(mounts)}`], { state: 'mounts' });
  const { origin, password } = await run.open();
  assert.ok(password);
  assert.ok(run.said.includes('in front of http://127.0.0.1:9/mcp and http://127.0.0.1:10/.'), run.said);
  assert.match(run.said, new RegExp(`^  URL +${origin}/mcp\n +${origin}/notes/mcp$`, 'm'));
  for (const line of [`mcp ${origin}/mcp`, `notes-mcp ${origin}/notes/mcp`]) {
    assert.ok(run.said.includes(`claude mcp add --transport http ${line}\n`), run.said);
  }
  for (const port of [9, 10]) assertSentence(run, new RegExp(`warning: http://127\\.0\\.0\\.1:${port} refuses.*port in MOUNTS`));
  assert.equal((await fetch(`${origin}/notes/mcp`, { method: 'POST' })).status, 401);
  await run.stop();
});

test('a mount without a server of its own is in front of the example server, and an open one has no password', async () => {
  const run = start(['--port', '0', '--set', 'MOUNTS=[{"path":"/open","auth":"open"}]'], { state: 'open' });
  const { url, origin, password } = await run.open();
  assert.equal(url, `${origin}/open`);
  assert.equal(password, undefined);
  assert.doesNotMatch(run.said, /password when|Clients stay connected/);
  assert.ok(run.said.includes('in front of the example MCP server'), run.said);
  const message = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message) });
  assert.notEqual(reply.status, 401);
  assert.notEqual(reply.status, 502);
  await run.stop();
});

test('an open mount whose server is away is a warning, too', async () => {
  const run = start(['--port', '0', ...NOBODY_HOME, '--set', 'MOUNTS=[{"auth":"open"}]'], { state: 'open-away' });
  const { url } = await run.open();
  assertSentence(run, /warning: http:\/\/127\.0\.0\.1:9 refuses connections/);
  assert.equal((await fetch(url, { method: 'POST' })).status, 502);
  await run.stop();
});

test('a state folder that is a file is a sentence', async () => {
  await writeFile(join(folder, 'file'), '');
  const run = start(['--port', '0', ...NOBODY_HOME], { state: 'file' });
  assert.equal(await run.ended(), 1);
  assertSentence(run, /state folder .* can't be used/);
});

test('without options it stands in front of the example server, and Ctrl-C leaves nothing behind', async () => {
  const run = start(['--port', '0'], { state: 'example' });
  const { url, password, origin } = await run.open();
  assert.match(url, /^http:\/\/localhost:\d+\/mcp$/);
  assert.ok(password.length >= 16, password);
  assert.ok(run.said.includes(`claude mcp add --transport http home ${url}`));

  const metadata = await (await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`)).json();
  assert.equal(metadata.resource, url);
  const pids = await descendants(run.child.pid);
  assert.ok(pids.length >= 2, 'workerd and the example server');

  assert.equal(await run.stop('SIGINT'), 0);
  assert.equal(await listens(new URL(url).port), false);
  assert.deepEqual(pids.filter(isAlive), []);
});

test('when npm itself is told to end, nothing stays behind', async () => {
  const run = start(['--port', '0'], { state: 'npm', by: ['npm', 'start', '--'] });
  await run.open();
  const pids = await descendants(run.child.pid);
  await run.stop('SIGTERM');
  await eventually(() => pids.every((pid) => !isAlive(pid)));
});

test('who is let in stays in over a restart, the password does not, and --fresh forgets both', async () => {
  const key = join(folder, 'kept', 'key');
  // Tokens are good at the address that made them.
  const args = ['--port', String(await freePort()), ...NOBODY_HOME];

  const first = start(args, { state: 'kept' });
  const { origin, url, password } = await first.open();
  const edge = edgeAt(origin, url);
  const { client, tokens } = await connect(edge, { password });
  assertLetIn(await call(edge, tokens.access_token));
  await first.stop();
  const made = await readFile(key, 'utf8');
  assert.equal(Buffer.from(made.trim(), 'base64url').length, 32);
  assert.equal((await stat(key)).mode & 0o777, 0o600);

  const second = start(args, { state: 'kept' });
  assert.notEqual((await second.open()).password, password);
  assertLetIn(await call(edge, tokens.access_token));
  const next = assertTokens(await client.refresh(tokens.refresh_token));
  assertLetIn(await call(edge, next.access_token));
  await second.stop();
  assert.equal(await readFile(key, 'utf8'), made);

  const third = start([...args, '--fresh'], { state: 'kept' });
  await third.open();
  for (const { access_token: token } of [tokens, next]) await assertNotAdmitted(edge, token);
  assertOauthError(await client.refresh(next.refresh_token), 401, 'invalid_client');
  await third.stop();
  assert.notEqual(await readFile(key, 'utf8'), made);
});

/** A run, as the clients of the other tests address their edge. */
function edgeAt(url, mcp) {
  return { url, mcp, post: (path, options) => send(url + path, { method: 'POST', ...options }) };
}

/** Admitted, and nobody is at home. */
function assertLetIn(reply) {
  assert.equal(reply.status, 502, reply.text);
}

test('OWNER_PASSWORD sets the password, and it is not printed', async () => {
  const run = start(['--port', '0', ...NOBODY_HOME], { state: 'given', env: { OWNER_PASSWORD: 'correct horse battery' } });
  await run.open();
  await run.stop();
  assert.doesNotMatch(run.said + run.complained, /correct horse/);
});

async function descendants(pid) {
  const ps = spawn('ps', ['-A', '-o', 'pid=,ppid='], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  ps.stdout.on('data', (chunk) => (text += chunk));
  await once(ps, 'close');
  const rows = text.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent) => rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
