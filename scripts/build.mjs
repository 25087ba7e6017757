import { command } from './process.mjs';
import { setup } from './setup.mjs';

await command(async () => {
  await setup();
  const { bundle } = await import('./bundle.mjs');
  await bundle();
});
