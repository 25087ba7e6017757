// Local storage, made older between two runs of the Worker: nobody waits ten minutes for an alarm, and nobody ninety days.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';

const LEDGERS = join('do', 'gatelodge-Ledger');
const REGISTERS = join('kv', 'miniflare-KVNamespaceObject');
/** Of all Ledgers: whose alarm is when, and what each is called. */
const ALARMS = 'metadata.sqlite';

/**
 * Moves what is in the Ledgers into the past, and all alarms to the start of the next run.
 *
 * @param {string} folder what `persist` named
 * @param {(record: object) => number} age by how many seconds an entry is to be older
 */
export function makeOlder(folder, age) {
  eachDatabase(folder, LEDGERS, (database, tables) => {
    makeEntriesOlder(database, tables, age);
    moveAlarms(database, tables, () => '1');
  });
}

/**
 * Lets time pass for all that is stored: entries, alarms, and rows of the register that expire.
 *
 * @param {string} folder what `persist` named
 * @param {number} seconds how much
 */
export function letPass(folder, seconds) {
  eachDatabase(folder, LEDGERS, (database, tables) => {
    makeEntriesOlder(database, tables, () => seconds);
    moveAlarms(database, tables, (column) => `${column} - ${seconds}000000000`);
  });
  eachDatabase(folder, REGISTERS, (database, tables) => {
    if (tables.includes('_mf_entries')) database.exec(`UPDATE _mf_entries SET expiration = expiration - ${seconds}000`);
  });
}

/** Takes all alarms away, as the platform does when one has failed too often. */
export function loseAlarms(folder) {
  eachDatabase(folder, LEDGERS, (database, tables) => {
    if (tables.includes('_cf_ALARM')) database.exec('DELETE FROM _cf_ALARM');
    if (tables.includes('_cf_METADATA')) database.exec('UPDATE _cf_METADATA SET value = NULL');
  });
}

/** All entries of all Ledgers: their keys, and the records that they hold. */
export function storedEntries(folder) {
  const found = [];
  eachDatabase(
    folder,
    LEDGERS,
    (database, tables) => {
      if (tables.includes('_cf_KV')) found.push(...entriesOf(database));
    },
    { readOnly: true },
  );
  return found;
}

/** The names of the clients whose grants are still stored. */
export function storedClients(folder) {
  return storedEntries(folder)
    .filter(({ key }) => key === 'grant')
    .map(({ record }) => record.authorization.client.name);
}

/** How many alarms are set for a time that is over. */
export function dueAlarms(folder) {
  const now = Date.now();
  return storedAlarms(folder).filter((at) => at < now).length;
}

/** When the alarms are that are set, in milliseconds. */
export function storedAlarms(folder) {
  const database = new DatabaseSync(join(folder, LEDGERS, ALARMS), { readOnly: true });
  try {
    return database.prepare('SELECT scheduled_time / 1000000 AS at FROM _cf_ALARM').all().map(({ at }) => at);
  } finally {
    database.close();
  }
}

function eachDatabase(folder, kind, act, options = {}) {
  const files = readdirSync(join(folder, kind)).filter((name) => name.endsWith('.sqlite'));
  for (const file of files) {
    const database = new DatabaseSync(join(folder, kind, file), options);
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      act(database, tables.map(({ name }) => name));
    } finally {
      database.close();
    }
  }
}

function entriesOf(database) {
  const rows = database.prepare('SELECT key, value FROM _cf_KV').all();
  return rows.map(({ key, value }) => ({ key, record: JSON.parse(deserialize(value)) }));
}

function makeEntriesOlder(database, tables, age) {
  if (!tables.includes('_cf_KV')) return;
  for (const { key, record } of entriesOf(database)) {
    const seconds = age(record);
    // Dates are the only numbers that are so large.
    const older = JSON.stringify(record, (_, value) => (typeof value === 'number' && value > 1e9 ? value - seconds : value));
    database.prepare('UPDATE _cf_KV SET value = ? WHERE key = ?').run(serialize(older), key);
  }
}

/** Each Ledger knows its own alarm, and the platform that of each. */
function moveAlarms(database, tables, to) {
  if (tables.includes('_cf_ALARM')) database.exec(`UPDATE _cf_ALARM SET scheduled_time = ${to('scheduled_time')}`);
  if (tables.includes('_cf_METADATA')) database.exec(`UPDATE _cf_METADATA SET value = ${to('value')} WHERE value IS NOT NULL`);
}
