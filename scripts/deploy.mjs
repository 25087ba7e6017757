// npm run deploy: the check, then wrangler deploy. What is given after -- goes to wrangler.
import { join } from 'node:path';
import { ROOT, command, run } from './process.mjs';
import { setup } from './setup.mjs';

await command(async () => {
  await setup();
  const checked = await run(process.execPath, [join(ROOT, 'scripts', 'check.mjs')]);
  if (checked !== 0) return checked;
  return run(process.execPath, [join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js'), 'deploy', ...process.argv.slice(2)]);
});
