// A part of a page that a run makes: it is between two marks, and everything else there is written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, Stop } from './process.mjs';

/** The part of that name in a page, which a command makes: its text, and how it is replaced. Ends with a sentence if the page has lost a mark. */
export function madePart(page, name, command) {
  const path = join(ROOT, page);
  const [opening, closing] = [`<!-- ${name}: made by ${command} -->`, `<!-- /${name} -->`];
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(opening) + opening.length, text.indexOf(closing)];
  if (begin < opening.length || end < begin) throw new Stop(`${page} has no place for what ${command} makes: a line ${opening}, and after it a line ${closing}`);
  return {
    text: text.slice(begin, end).trim(),
    replace: (part) => writeFileSync(path, `${text.slice(0, begin)}\n${part}\n${text.slice(end)}`),
  };
}
