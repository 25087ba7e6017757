// npm run bench: how fast it is, and what it costs, beside others in the same run.
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { readOptions } from './options.mjs';
import { installPackages } from './packages.mjs';
import { ROOT, Stop, command, say } from './process.mjs';
import { setup } from './setup.mjs';

const HELP = `Measures Gatelodge beside a bare pass-through and beside workers-oauth-provider, in the same workerd and the same run.

  npm run bench
  npm run bench -- --only SECTION       only this section; may be repeated
  npm run bench -- --quick              one short round of each, to see whether it runs
  npm run bench -- --rounds N           of each measurement
  npm run bench -- --seconds N          for one side in one round

The sections:`;

await command(async () => {
  const { values } = readOptions(
    process.argv.slice(2),
    {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      help: { type: 'boolean' },
    },
    'npm run bench -- --help',
  );
  await setup();
  await installPackages(join(ROOT, 'bench'));
  const { SECTIONS, measure } = await import('../bench/run.mjs');
  if (values.help) return say(`${HELP}\n${SECTIONS.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n')}`);
  const unknown = values.only?.find((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown !== undefined) throw new Stop(`There is no section "${unknown}". The sections: ${SECTIONS.map(({ name }) => name).join(', ')}`, 2);
  await bundle();
  await measure({
    only: values.only,
    rounds: values.rounds && positive('--rounds', values.rounds),
    seconds: values.seconds && positive('--seconds', values.seconds),
    quick: values.quick,
  });
});

function positive(option, word) {
  const number = Number(word);
  if (!(number > 0)) throw new Stop(`${option} takes a number above 0; this is not: ${word}`, 2);
  return number;
}
