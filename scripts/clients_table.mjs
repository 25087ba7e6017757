// The README's table of real clients: what a run has found, and what the README says.
import { madePart } from './made_part.mjs';
import { Stop } from './process.mjs';

/** The member of a row that each column shows. The first three say of which client and protocol it is. */
const COLUMNS = {
  client: 'client',
  version: 'version',
  protocol: 'protocol',
  connects: 'first connection',
  checksIssuer: 'checks `iss`',
  calls: 'calls',
  streams: 'progress while a call runs',
  renews: 'renews its tokens',
  revoked: 'when you revoke it',
};
const NOT_RUN = 'not run here';

const lineOf = (cells) => `| ${cells.join(' | ')} |`;
const keyOf = (line) => line.split('|').slice(1, 4).map((cell) => cell.trim()).join(' | ');
const compare = new Intl.Collator('en', { numeric: true }).compare;

/** Puts into the README what a run has found, if that changes anything. Rows of clients that did not run stay as they are. */
export function updateReadme(rows, isWhole) {
  const part = readmePart();
  const table = part.text.split('\n');
  const lines = new Map(rows.map((row) => lineFor(row, table)).map((line) => [keyOf(line), line]));
  if (!isWhole) for (const line of table.slice(2)) if (!lines.has(keyOf(line))) lines.set(keyOf(line), line);
  const made = [...head(), ...[...lines.values()].sort(compare)];
  if (made.join('\n') === table.join('\n')) return false;
  part.replace(made.join('\n'));
  return true;
}

/** Ends with a sentence if the README says other than this run of all clients has found. What did not run here says nothing. */
export function assertReadme(rows) {
  const table = readmePart().text.split('\n');
  const found = rows.map((row) => lineFor(row, table)).sort(compare);
  const wrong = [...head(), ...found].find((line, index) => line !== table[index]) ?? table[found.length + 2];
  if (wrong === undefined) return;
  throw new Stop(`The README's table of clients is not what this run has found. Make it anew with: npm run test:clients\nThe first line that differs: ${wrong}`);
}

function head() {
  const names = Object.values(COLUMNS);
  return [lineOf(names), `|${'---|'.repeat(names.length)}`];
}

function lineFor(row, table) {
  const cells = Object.keys(COLUMNS).map((column) => row[column] ?? NOT_RUN);
  const line = lineOf(cells);
  if (!row.missing) return line;
  return table.find((other) => keyOf(other) === keyOf(line)) ?? line;
}

function readmePart() {
  return madePart('README.md', 'clients', 'npm run test:clients');
}
