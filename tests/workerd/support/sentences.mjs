// What the pages can say: the texts of their templates and the titles of the messages, so that none is forgotten.

import { readdirSync, readFileSync } from 'node:fs';

const SOURCE = new URL('../../../src/', import.meta.url);

/** The texts of the templates, apart from what is filled in; single words in small letters are not looked for. */
export function sentences() {
  const literals = sources('pages').flatMap((code) => [...code.matchAll(/(=?)"((?:[^"\\]|\\.)*)"/g)]);
  const texts = literals.filter(([, isAttribute]) => !isAttribute).map(([, , text]) => text);
  const parts = texts.flatMap((text) => text.split(/\{[^}]*\}/));
  return [...new Set(parts.map((part) => part.trim()))].filter((part) => /^\p{Lu}|\p{L} \p{L}/u.test(part));
}

/** The titles of the pages that say one thing. */
export function messageTitles() {
  const titles = sources('endpoints').flatMap((code) => [...code.matchAll(/title: "([^"]+)"/g)]);
  return [...new Set(titles.map(([, title]) => title))];
}

function sources(folder) {
  const names = readdirSync(new URL(folder, SOURCE)).filter((name) => name.endsWith('.rs'));
  const files = names.map((name) => readFileSync(new URL(`${folder}/${name}`, SOURCE), 'utf8'));
  return files.map((code) => code.replace(/^\s*\/\/.*$/gm, ''));
}
