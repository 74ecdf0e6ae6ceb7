import { Command } from 'commander';
import { copyCommand } from './commands/copy.js';
import { gcCommand } from './commands/gc.js';
import { inspectCommand } from './commands/inspect.js';
import { loginCommand } from './commands/login.js';
import { logoutCommand } from './commands/logout.js';
import { lsCommand } from './commands/ls.js';
import { pingCommand } from './commands/ping.js';
import { retainCommand } from './commands/retain.js';
import { rmCommand } from './commands/rm.js';
import { searchCommand } from './commands/search.js';
import { serveCommand } from './commands/serve.js';
import { tagCommand } from './commands/tag.js';
import { tagsCommand } from './commands/tags.js';
import { upgradePlanCommand } from './commands/upgrade-plan.js';
import type { Done } from './define-command.js';

/** Makers of the subcommands, in the order of the help. */
const subcommands = [
  pingCommand,
  lsCommand,
  tagsCommand,
  searchCommand,
  inspectCommand,
  copyCommand,
  tagCommand,
  rmCommand,
  retainCommand,
  gcCommand,
  loginCommand,
  logoutCommand,
  serveCommand,
  upgradePlanCommand,
];

/** Makes the command line of `provision registry`, which throws CommanderError instead of exiting. */
export function registryCommand(done: Done): Command {
  const registry = new Command('provision registry')
    .description('Inspects and manages registries.')
    .addHelpText('after', exitStatuses)
    .showHelpAfterError('(provision registry --help explains)')
    .exitOverride();
  for (const subcommand of subcommands) registry.addCommand(subcommand(done));
  const names = registry.commands.map((command) => command.name());
  return registry.usage(`${names.join('|')} …`);
}

const exitStatuses = `
Exit status: 0 done; 1 the input is wrong; 2 something is not there, or failed; 4 a registry was unreachable;
130 interrupted.`;
