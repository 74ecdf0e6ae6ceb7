import { Command } from 'commander';

/** The command line of `provision init`. Throws CommanderError instead of exiting. @param done is given the exit status */
export function initCommand(done: (status: number) => void): Command {
  return new Command('provision init')
    .description(
      'Writes a package.json, a site, an inventory and a role to start from. Nothing that exists is overwritten.',
    )
    .usage('[FOLDER] [--typescript]')
    .argument('[folder]', 'where; made if it is not there', '.')
    .option('--typescript', 'the site is written in TypeScript: site.ts', false)
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', '\nExit status: 0 written; 1 one of the files is there already, nothing was written.')
    .showHelpAfterError('(provision init --help explains)')
    .exitOverride()
    .action(async (folder: string, { typescript }: { typescript: boolean }) => {
      done((await import('./init.js')).init(folder, typescript));
    });
}
