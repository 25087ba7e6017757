// Reading a command line; a mistake in it is a sentence and exit code 2.
import { parseArgs } from 'node:util';
import { Stop } from './process.mjs';

/** `help` is the command that lists the options; `files` allows words that are no options. */
export function readOptions(args, options, help, { files = false } = {}) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: files });
  } catch (error) {
    const [sentence] = error.message.split(/\.(?:\s|$)/);
    throw new Stop(`${sentence}. For the options: ${help}`, 2);
  }
}

/** `KEY=VALUE` words as an object. */
export function readSettings(words) {
  const settings = {};
  for (const word of words) {
    const [, key, value] = word.match(/^([A-Z][A-Z0-9_]*)=(.*)$/s) ?? [];
    if (!key) throw new Stop(`--set takes KEY=VALUE with the key in capitals, for example --set NAME="My server"; this is not: ${word.split('=')[0]}`, 2);
    settings[key] = value;
  }
  return settings;
}

export function readPort(word) {
  const port = Number(word);
  if (!/^\d+$/.test(word) || port > 65535) throw new Stop(`--port takes a number from 0 to 65535, and 0 means any free one; this is not: ${word}`, 2);
  return port;
}
