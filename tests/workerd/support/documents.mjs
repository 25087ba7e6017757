// What the documentation shows: its commands as a shell reads them, and its tables.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { readOptions, readSettings } from '../../../scripts/options.mjs';

const ROOT = new URL('../../../', import.meta.url);
const START = 'npm start --';

export function read(path) {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The blocks between fences of one language, each with the heading that it stands below. */
export function blocks(text, language) {
  const found = [];
  let heading = '';
  let open;
  for (const line of text.split('\n')) {
    if (open && /^ *```$/.test(line)) {
      if (open.language === language) found.push({ heading, text: open.lines.join('\n') });
      open = undefined;
    } else if (open) {
      open.lines.push(line);
    } else if (/^ *```/.test(line)) {
      open = { language: line.trim().slice(3), lines: [] };
    } else if (line.startsWith('#')) {
      heading = line.replace(/^#+ /, '');
    }
  }
  return found;
}

/** The configuration that a command `npm start -- …` sets. */
export function settingsOf(command) {
  assert.ok(command.startsWith(START), command);
  const print = `${process.execPath} -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`;
  const { stdout, status } = spawnSync('sh', ['-c', command.replace(START, print)], { encoding: 'utf8' });
  assert.equal(status, 0, command);
  const options = { origin: { type: 'string' }, set: { type: 'string', multiple: true, default: [] } };
  const { values } = readOptions(JSON.parse(stdout), options, command);
  return { ...(values.origin && { ORIGIN: values.origin }), ...readSettings(values.set) };
}

/** The rows of the table that follows a heading, as cells; without its head. */
export function table(text, heading) {
  const section = text.slice(text.indexOf(`\n## ${heading}\n`)).split(/\n## /)[1];
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.slice(1, -1).split('|').map((cell) => cell.trim()));
}

/** What stands between backticks. */
export function quoted(text) {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, words]) => words);
}
