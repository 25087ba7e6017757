// A row of the README's table, from the process that found it to the one that makes the table.

import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where whoever wants the rows has made a folder for them. */
const FOLDER = 'CLIENT_ROWS';

export function writeRow(row) {
  const folder = process.env[FOLDER];
  if (folder) writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(row));
}

/** The environment of a process whose rows are wanted in this folder. */
export function withRowsIn(folder) {
  return { ...process.env, [FOLDER]: folder };
}

export function readRows(folder) {
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
