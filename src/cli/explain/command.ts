import { Command } from 'commander';
import { printErrorText, printText } from '../terminal/output.js';

/**
 * Makes the command line of `provision explain`. It throws CommanderError instead of exiting.
 *
 * @param done is given the exit status
 */
export function explainCommand(done: (status: number) => void): Command {
  return new Command('provision explain')
    .description(
      'Explains a word: of a play, task, role or inventory, a resource, a role, a helper of templates, an environment variable, an exit status. Without a word, lists what can be explained.',
    )
    .argument('[word]')
    .option(
      '--roles <folder>',
      'folder of a site, whose own roles are meant as well: they are programs, and are run for it',
    )
    .showHelpAfterError('(provision explain --help explains)')
    .exitOverride()
    .action(async (word: string | undefined, { roles }: { readonly roles?: string }) => {
      const { explain } = await import('./explain.js');
      const { text, status } = await explain(word, roles);
      (status === 0 ? printText : printErrorText)(`${text}\n`);
      done(status);
    });
}
