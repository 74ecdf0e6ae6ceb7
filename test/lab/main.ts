import { parseArgs } from 'node:util';
import { status } from './hosts/status.js';
import { labDown, labUp, resetHost } from './lab.js';
import { say } from './machine/progress.js';

const usage = `usage: lab up [--without-vm] [--with HOST,...]   make the lab be there
       lab status                               what is there, and how to reach it
       lab reset HOST...                        make hosts bare again
       lab down [--purge]                       take it all away; with its cache`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'without-vm': { type: 'boolean' }, with: { type: 'string' }, purge: { type: 'boolean' } },
});

try {
  process.exitCode = await run();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const [command, ...hosts] = positionals;
  switch (command) {
    case 'up':
      await labUp({ vm: !values['without-vm'], extra: values.with?.split(',') ?? [] });
      say('the lab is up');
      return 0;
    case 'status':
      console.log(await status());
      return 0;
    case 'reset':
      if (hosts.length === 0) throw new Error(usage);
      await resetHost(...hosts);
      return 0;
    case 'down':
      await labDown({ purge: values.purge ?? false });
      return 0;
    default:
      console.error(usage);
      return 1;
  }
}
