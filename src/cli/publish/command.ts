import { Command } from 'commander';
import { addPublishAction } from './publish.js';
import { addServeCommand } from './serve.js';
import { addVendorCommands } from './vendors/vendor-commands.js';

/**
 * Makes the command line of `provision publish`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function publishCommand(done: (status: number) => void): Command {
  const publish = new Command('provision publish')
    .description('Publishes images to object storage, and answers those who pull them.')
    .showHelpAfterError('(provision publish --help explains)')
    .exitOverride();
  addPublishAction(publish, done);
  addServeCommand(publish, done);
  addVendorCommands(publish, done);
  const names = publish.commands.map((command) => command.name());
  return publish.usage(
    `BUCKET APP SOURCE [options]\n       provision publish BUCKET [APP] --list FILE [options]\n       provision publish ${names.join('|')} …`,
  );
}
