// npm start: the Worker on this machine, in front of an MCP server.
import { join, resolve } from 'node:path';
import { readOptions, readPort, readSettings } from './options.mjs';
import { ROOT, Stop, command, say } from './process.mjs';
import { setup } from './setup.mjs';

const HELP = `Runs Gatelodge on this machine, in front of an MCP server.

  npm start                     in front of an example MCP server that comes with the checkout
  npm start -- [OPTIONS]

  --origin URL      your own MCP server instead, for example https://home.example.net:8383/mcp
                    (one that does not answer yet is a warning: it may come up later)
  --port NUMBER     the port to listen on; 0 means any free one. Default: 8787
  --set KEY=VALUE   sets a key of the configuration for this run; may be repeated
  --state FOLDER    where the key and the local data are kept. Default: .gatelodge
  --fresh           forgets the key and the local data first; every client has to sign in again
  --help            says this

The keys under [vars] in wrangler.toml hold here too, except PUBLIC_URL, which is not the address of this machine.
The environment variable OWNER_PASSWORD sets the owner's password (12 characters or more); without it each run makes one up.
What is missing is installed first, once: the npm packages, the wasm target of Rust, and the programs that build the Worker.
Ctrl-C stops everything.`;

await command(async () => {
  const { values: options } = readOptions(
    process.argv.slice(2),
    {
      origin: { type: 'string' },
      port: { type: 'string', default: '8787' },
      set: { type: 'string', multiple: true, default: [] },
      state: { type: 'string', default: join(ROOT, '.gatelodge') },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    'npm start -- --help',
  );
  if (options.help) return say(HELP);
  const settings = readSettings(options.set);
  if (options.origin !== undefined && settings.ORIGIN !== undefined) throw new Stop('--origin and --set ORIGIN=… say the same thing twice. Give one of them.', 2);
  if (options.origin !== undefined) settings.ORIGIN = options.origin;
  const port = readPort(options.port);
  await setup();
  const { runLocally } = await import('./local_run.mjs');
  await runLocally({ port, settings, folder: resolve(options.state), fresh: options.fresh });
});
