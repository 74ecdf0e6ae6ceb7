import { Command } from 'commander';
import { addServeCommand } from './serve.js';

/**
 * Makes the command line of `provision publish`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function publishCommand(done: (status: number) => void): Command {
  const publish = new Command('provision publish')
    .description('Publishes images to object storage, and answers those who pull them.')
    .addHelpText('after', exitStatuses)
    .showHelpAfterError('(provision publish --help explains)')
    .exitOverride();
  addServeCommand(publish, done);
  const names = publish.commands.map((command) => command.name());
  return publish.usage(`${names.join('|')} …`);
}

const exitStatuses = `
Exit status: 0 done; 1 the input is wrong; 2 something is not there, or failed; 4 a server was unreachable;
130 interrupted.`;
