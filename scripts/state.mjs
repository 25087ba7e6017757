// What a local run keeps between restarts, and the password that it doesn't keep.
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop } from './process.mjs';

/** Opens the state folder; `fresh` forgets what is in it. */
export function openState(folder, { fresh = false } = {}) {
  const key = join(folder, 'key');
  const data = join(folder, 'state');
  try {
    if (fresh) {
      rmSync(key, { force: true });
      rmSync(data, { recursive: true, force: true });
    }
    mkdirSync(data, { recursive: true, mode: 0o700 });
    if (!existsSync(key)) writeFileSync(key, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    return { key: readFileSync(key, 'utf8').trim(), data };
  } catch (error) {
    throw new Stop(`The state folder ${folder} can't be used (${error.code}). Name another one with --state FOLDER.`);
  }
}

// Without letters and digits that are read wrongly.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Four groups of five: about 99 bits, and short enough to type. */
export function newPassword() {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
