// docs/troubleshooting.md, docs/origin.md and the README quote what people see. Each sentence is still said, and where it can be tried, for that reason.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { blocks, read } from './support/documents.mjs';
import { startEdge } from './support/edge.mjs';
import { eventually } from './support/eventually.mjs';
import { assertJson } from './support/expect.mjs';
import { GATEWAY_ERRORS } from './support/gateway_errors.mjs';
import { call } from './support/mcp_call.mjs';
import { startOrigin } from './support/origin.mjs';
import { connect } from './support/sign_in.mjs';

const PAGE = read('docs/troubleshooting.md') + read('docs/origin.md');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What stands in double quotes, outside code. */
function sentences(text) {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`]*`/g, '');
  return [...prose.matchAll(/"([^"]+)"/g)].map(([, sentence]) => sentence);
}

function section(text, heading) {
  return text.split(`\n## ${heading}\n`)[1].split('\n## ')[0];
}

function sources() {
  return ['src', 'scripts'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .filter((name) => /\.(rs|mjs)$/.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8').split('#[cfg(test)]')[0]),
  );
}

test('every quoted sentence is in the source', () => {
  const all = sources();
  const quoted = [...sentences(PAGE), ...sentences(section(read('README.md'), 'When something does not work'))];
  assert.ok(quoted.length > 25, String(quoted.length));
  for (const sentence of quoted) assert.ok(all.some((source) => source.includes(sentence)), sentence);
});

test('every error of the gateway towards clients is explained', () => {
  const said = ['gateway_error', 'home_failure'].flatMap((name) => {
    const [body] = read(`src/mcp/${name}.rs`).split('#[cfg(test)]')[0].match(/fn words[\s\S]*/);
    return [...body.matchAll(/"([^"]+)"/g)].map(([, sentence]) => sentence);
  });
  assert.ok(said.length >= 25, String(said.length));
  for (const sentence of said) assert.ok(PAGE.includes(`| "${sentence}" (`), sentence);
});

test('each row about home has the status that clients get', () => {
  for (const { sentence, status } of Object.values(GATEWAY_ERRORS)) {
    assert.ok(section(PAGE, 'When a call fails').includes(`\n| "${sentence}" (${status})`), sentence);
  }
});

describe('at the Worker', () => {
  let edge;
  before(async () => {
    edge = await startEdge();
  });
  after(() => edge.stop());

  const COMMANDS = blocks(PAGE, 'sh').flatMap(({ text }) => text.split('\n'));

  test('the commands for the four documents show them', async () => {
    const paths = COMMANDS.map((line) => line.match(/^curl -i https:\/\/mcp\.example\.com(\/\.well-known\/\S+)$/)?.[1]).filter(Boolean);
    assert.equal(new Set(paths).size, 4);
    for (const path of paths) {
      const document = assertJson(await edge.get(path), 200);
      assert.ok([document.issuer, document.authorization_servers?.[0]].includes(edge.url), path);
    }
  });

  test('the commands that compare clients say 401 for each', async () => {
    const commands = COMMANDS.filter((line) => line.endsWith('example.com/mcp'));
    const agents = commands.map((command) => command.match(/-A '([^']+)'/)?.[1]);
    assert.deepEqual(agents, [undefined, 'python-httpx/0.28.1', 'Claude-User', 'openai-mcp/1.0.0']);
    for (const agent of agents) {
      const reply = await edge.post('/mcp', { headers: { 'user-agent': agent } });
      assert.equal(reply.status, 401);
      assert.match(reply.headers['www-authenticate'], /^Bearer resource_metadata=/);
    }
  });
});

describe('the log', () => {
  const SHOWN = blocks(PAGE, 'json')[0].text.split('\n').map((line) => JSON.parse(line));
  const steps = () => edge.log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const line = (isIt) => eventually(() => steps().find(isIt) ?? false);
  const form = ({ step, mount, detail, client }) => ({ step, mount, detail, client: Boolean(client) });

  let edge;
  let origin;
  before(async () => {
    origin = await startOrigin();
    edge = await startEdge({ ORIGIN: origin.url });
  });
  after(async () => {
    await edge.stop();
    await origin.stop();
  });

  test('of a client that connects is as it is shown', async () => {
    await edge.post('/mcp');
    await edge.get('/.well-known/oauth-protected-resource/mcp');
    await call(edge, (await connect(edge)).tokens.access_token);
    await line(({ step }) => step === 'first_call');
    assert.deepEqual(steps().map(form), SHOWN.map(form));
  });

  test('has every step, and the page explains it', () => {
    const [, variants] = read('src/steps.rs').match(/pub enum Step \{([\s\S]*?)\n\}/);
    const names = [...variants.matchAll(/^ {4}(\w+),$/gm)].map(([, name]) => name.replace(/\B[A-Z]/g, '_$&').toLowerCase());
    assert.ok(names.length >= 9, String(names));
    for (const name of names) assert.ok(PAGE.includes(`\n| \`${name}\` |`), name);
  });

  test('has the line of an error under the id in its answer', async () => {
    const [command] = blocks(PAGE, 'sh').flatMap(({ text }) => text.split('\n')).filter((line) => line.includes('gatelodge-request-id'));
    const [, method, path] = command.match(/-X (\w+) https:\/\/mcp\.example\.com(\S+)/);
    const reply = await edge.send(path, { method });
    const id = reply.headers['gatelodge-request-id'];
    const { step, detail } = await line(({ request }) => request === id);
    assert.equal(step, 'refused');
    assert.ok(reply.text.includes(detail), reply.text);
  });
});

test('links in the documents lead to files and headings', () => {
  const anchor = (heading) => heading.toLowerCase().replace(/[^a-z0-9 _-]/g, '').replaceAll(' ', '-');
  const documents = readdirSync(join(ROOT, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md'));
  for (const document of ['README.md', ...documents.map((name) => `docs/${name}`)]) {
    const links = [...read(document).matchAll(/\]\(([^)#\s]*)(?:#([^)]+))?\)/g)].filter(([, path]) => !path.includes(':'));
    for (const [, path, fragment] of links) {
      const target = path ? join(dirname(document), path) : document;
      assert.ok(existsSync(join(ROOT, target)), `${document}: ${path}`);
      if (!fragment) continue;
      const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading));
      assert.ok(headings.includes(fragment), `${document}: ${path}#${fragment}`);
    }
  }
});
