// npm run test:clients: real clients through the built Worker, and the README's table of what became of them.
import { readOptions } from './options.mjs';
import { Stop, command, say } from './process.mjs';
import { setup } from './setup.mjs';
import { CLIENTS, journeys } from './clients.mjs';
import { updateReadme } from './clients_table.mjs';

const HELP = `Sends real clients through the whole sign-in, and writes what became of them into the README's table.
What they need is installed first, once.

  npm run test:clients                       all of them
  npm run test:clients -- --only CLIENT      only this one, whose rows alone are made anew; may be repeated

"npm test -- --only clients" does the same, but only compares the table.

The clients:
${CLIENTS.map((name) => `  ${name}`).join('\n')}`;

await command(async () => {
  const options = { only: { type: 'string', multiple: true }, help: { type: 'boolean' } };
  const { values } = readOptions(process.argv.slice(2), options, 'npm run test:clients -- --help');
  if (values.help) return say(HELP);
  const unknown = values.only?.find((name) => !CLIENTS.includes(name));
  if (unknown !== undefined) throw new Stop(`There is no client "${unknown}". The clients: ${CLIENTS.join(', ')}`, 2);

  await setup();
  const { bundle } = await import('./bundle.mjs');
  await bundle();
  const { code, rows } = await journeys(values.only);
  if (code !== 0) throw new Stop("Not every client got through, so the README's table was left as it is.");
  say(updateReadme(rows, !values.only) ? "The README's table has changed: git diff README.md" : "The README's table is as it was.");
});
