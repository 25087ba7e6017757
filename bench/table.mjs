// Tables, as text for the terminal.
import { say } from '../scripts/process.mjs';

/** `head` and each of `rows` are cells; all but the first column are numbers and stand to the right. */
export function showTable({ title, head, rows }) {
  const lines = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const line = (cells) => cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
  say(`\n${title}`);
  say(line(lines[0]));
  say(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const cells of lines.slice(1)) say(line(cells));
}
