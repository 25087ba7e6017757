// npm run bench: how fast it is, and what it costs, beside others in the same run.
import { join } from 'node:path';
import { SECTIONS } from '../bench/sections.mjs';
import { bundle } from './bundle.mjs';
import { readOptions } from './options.mjs';
import { installPackages } from './packages.mjs';
import { ROOT, Stop, command, say } from './process.mjs';
import { setup } from './setup.mjs';

const HELP = `Measures Gatelodge beside a bare pass-through and beside workers-oauth-provider, in the same workerd and the same run.

  npm run bench                         all, for the README: leave the machine alone meanwhile
  npm run bench -- --only SECTION       only this section; may be repeated
  npm run bench -- --quick              a short round of each, which shows that it runs and nothing else
  npm run bench -- --rounds N           so many of each measurement
  npm run bench -- --seconds N          each side is measured for N seconds in each round

Only the first, on Linux, writes bench/results.md, .json and .svg, and its parts of README.md and docs/budgets.md; the others write into
test-output/bench/. A budget that is not met is told, and is no failure.

The sections:
${SECTIONS.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n')}`;

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
  if (values.help) return say(HELP);
  const plan = readPlan(values);
  await setup();
  await installPackages(join(ROOT, 'bench'));
  await bundle();
  const { measure } = await import('../bench/run.mjs');
  await measure(plan);
});

function readPlan({ only, quick, rounds, seconds }) {
  const unknown = only?.find((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown !== undefined) throw new Stop(`There is no section "${unknown}". The sections: ${SECTIONS.map(({ name }) => name).join(', ')}`, 2);
  return {
    only,
    quick,
    rounds: readNumber('--rounds', rounds, /^[1-9]\d{0,2}$/, 'a whole number from 1 to 999'),
    seconds: readNumber('--seconds', seconds, /^\d{1,3}(\.\d+)?$/, 'a number of seconds, such as 0.5'),
  };
}

function readNumber(option, word, form, wanted) {
  if (word === undefined) return undefined;
  if (!form.test(word) || Number(word) === 0) throw new Stop(`${option} takes ${wanted}; this is not: ${word}`, 2);
  return Number(word);
}
