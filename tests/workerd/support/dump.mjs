// Local storage as a thief gets it: the bytes of every file, and everything that can be read in them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deserialize } from 'node:v8';

/** All bytes below a folder, with the write-ahead logs; and the cells of its databases, whose pages may cut a value in two. */
export function bytesOf(folder) {
  const cells = databasesOf(folder).flatMap(cellsOf).map((cell) => Buffer.from(typeof cell === 'string' ? cell : JSON.stringify(cell)));
  return Buffer.concat([...filesOf(folder).map((file) => readFileSync(file)), ...cells]);
}

/** Every text in it: names of files, keys, values, what is in their JSON, and the parts of all that. */
export function textsOf(folder) {
  const found = new Set();
  const add = (value) => {
    if (typeof value === 'string') {
      found.add(value);
      for (const part of value.split(/[/.:]/)) found.add(part);
      add(parsed(value));
    } else if (value !== null && typeof value === 'object') {
      for (const [name, member] of Object.entries(value)) {
        found.add(name);
        add(member);
      }
    }
  };
  for (const file of filesOf(folder)) {
    add(file.slice(folder.length + 1));
    if (!isDatabase(file)) add(readFileSync(file, 'utf8'));
  }
  databasesOf(folder).flatMap(cellsOf).forEach(add);
  found.delete('');
  return [...found].filter((text) => /^[\x20-\x7e]+$/.test(text));
}

const isDatabase = (file) => /\.sqlite(-wal|-shm)?$/.test(file);

function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const databasesOf = (folder) => filesOf(folder).filter((file) => file.endsWith('.sqlite'));

function cellsOf(file) {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables.flatMap(({ name }) => {
      const statement = database.prepare(`SELECT * FROM "${name}"`);
      statement.setReadBigInts(true);
      return statement.all().flatMap((row) => Object.values(row).map(readable));
    });
  } finally {
    database.close();
  }
}

function readable(cell) {
  if (typeof cell === 'bigint') return String(cell);
  if (!(cell instanceof Uint8Array)) return cell;
  try {
    return deserialize(cell);
  } catch {
    return Buffer.from(cell).toString('latin1');
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
