// Local storage, made older between two runs of the Worker: nobody waits ten minutes for an alarm.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';

const LEDGERS = join('do', 'gatelodge-Ledger');
const GRANT = "key = 'grant'";

/**
 * Moves what happened to grants into the past, and all alarms to the start of the next run.
 *
 * @param {string} folder what `persist` named
 * @param {(record: object) => number} age by how many seconds a grant is to be older
 */
export function makeOlder(folder, age) {
  const files = readdirSync(join(folder, LEDGERS)).filter((name) => name.endsWith('.sqlite'));
  for (const file of files) {
    const database = new DatabaseSync(join(folder, LEDGERS, file));
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map(({ name }) => name);
    if (tables.includes('_cf_ALARM')) database.exec('UPDATE _cf_ALARM SET scheduled_time = 1');
    if (tables.includes('_cf_METADATA')) database.exec('UPDATE _cf_METADATA SET value = 1 WHERE value IS NOT NULL');
    if (tables.includes('_cf_KV')) makeRecordOlder(database, age);
    database.close();
  }
}

function makeRecordOlder(database, age) {
  const row = database.prepare(`SELECT value FROM _cf_KV WHERE ${GRANT}`).get();
  if (!row) return;
  const record = JSON.parse(deserialize(row.value));
  const seconds = age(record);
  // Dates are the only numbers that are so large.
  const older = JSON.stringify(record, (_, value) => (typeof value === 'number' && value > 1e9 ? value - seconds : value));
  database.prepare(`UPDATE _cf_KV SET value = ? WHERE ${GRANT}`).run(serialize(older));
}

/** The names of the clients whose grants are still stored. */
export function storedClients(folder) {
  const files = readdirSync(join(folder, LEDGERS)).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite');
  return files.flatMap((file) => {
    const database = new DatabaseSync(join(folder, LEDGERS, file), { readOnly: true });
    try {
      const row = database.prepare(`SELECT value FROM _cf_KV WHERE ${GRANT}`).get();
      return row ? [JSON.parse(deserialize(row.value)).authorization.client.name] : [];
    } catch {
      return [];
    } finally {
      database.close();
    }
  });
}

/** How many alarms are set for a time that is over. */
export function dueAlarms(folder) {
  const database = new DatabaseSync(join(folder, LEDGERS, 'metadata.sqlite'), { readOnly: true });
  const now = BigInt(Date.now()) * 1_000_000n;
  try {
    return database.prepare('SELECT count(*) AS due FROM _cf_ALARM WHERE scheduled_time < ?').get(now).due;
  } finally {
    database.close();
  }
}
