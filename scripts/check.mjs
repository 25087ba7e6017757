// npm run check: is the configuration in wrangler.toml one that the Worker accepts?
import { randomBytes } from 'node:crypto';
import { readOptions } from './options.mjs';
import { command, say, warn } from './process.mjs';
import { setup } from './setup.mjs';

const HELP = `Builds the Worker, starts it on this machine with the [vars] of wrangler.toml, and prints every mistake and warning that it finds,
the line to add if PUBLIC_URL is not set, and what home servers can verify of each call.

  npm run check

The secrets live at Cloudflare, out of reach from here: GATELODGE_KEY and OWNER_PASSWORD are placeholders during this check.`;

await command(async () => {
  const { values } = readOptions(process.argv.slice(2), { help: { type: 'boolean' } }, 'npm run check -- --help');
  if (values.help) return say(HELP);
  await setup();
  const { bundle } = await import('./bundle.mjs');
  const { checkConfiguration, configurationLog, missingAddress } = await import('./configuration.mjs');
  const { assertionLines } = await import('./mounts.mjs');
  const { configuredVars, startWorker, wranglerConfig } = await import('./worker.mjs');
  await bundle();
  const secret = () => randomBytes(32).toString('base64url');
  const vars = { GATELODGE_KEY: secret(), OWNER_PASSWORD: secret(), ...configuredVars() };
  const missing = missingAddress(wranglerConfig());
  if (missing) warn(missing);
  const log = configurationLog();
  const worker = await startWorker({ vars, onLog: log });
  try {
    await checkConfiguration(worker.url, log);
  } finally {
    await worker.stop();
  }
  const lines = assertionLines(vars, vars.PUBLIC_URL);
  if (lines.length > 0) say(`What your server can verify of each call (docs/origin.md):\n${lines.join('\n')}\n`);
  say('The configuration in wrangler.toml is good. (Its secrets were placeholders; the real ones live at Cloudflare.)');
});
