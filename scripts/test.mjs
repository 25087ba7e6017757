// npm test: every check, one after the other, until one fails.
import { chromiumPath } from './chromium.mjs';
import { readOptions } from './options.mjs';
import { Stop, command, say } from './process.mjs';
import { setup } from './setup.mjs';
import { STEPS } from './steps.mjs';
import { rust } from './toolchain.mjs';

const HELP = `Runs all tests. What they need is installed first, once; the first step that fails ends the run.

  npm test
  npm test -- --only STEP               only this step, and what it needs; may be repeated
  npm test -- --only worker FILE …      only these files of black-box tests

The steps:
${STEPS.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}`;

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

await command(async () => {
  const { values, positionals } = readOptions(
    process.argv.slice(2),
    { only: { type: 'string', multiple: true }, help: { type: 'boolean' } },
    'npm test -- --help',
    { files: true },
  );
  if (values.help) return say(HELP);
  const chosen = choose(values.only);
  if (positionals.length > 0 && values.only?.join() !== 'worker') throw new Stop('Files can be named for the step "worker": npm test -- --only worker FILE', 2);

  await setup();
  await rust();
  if (chosen.some(({ name }) => name === 'worker')) chromiumPath();
  for (const [index, step] of chosen.entries()) {
    const started = Date.now();
    say(`\n=== ${index + 1} of ${chosen.length}, ${step.name}: ${step.title}`);
    const code = await step.run(positionals);
    if (code) throw new Stop(`The step "${step.name}" failed after ${seconds(started)}. Only this step again: npm test -- --only ${step.name}`);
    // Node's own summary is to be the last word.
    if (!step.sumsUp) say(`=== ${step.name}: ${seconds(started)}`);
  }
});

function choose(only) {
  if (!only) return STEPS.filter(({ isExtra }) => !isExtra);
  const names = STEPS.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Stop(`There is no step "${unknown}". The steps: ${names.join(', ')}`, 2);
  const wanted = new Set(only.flatMap((name) => [name, ...(STEPS.find((step) => step.name === name).needs ?? [])]));
  return STEPS.filter(({ name }) => wanted.has(name));
}
