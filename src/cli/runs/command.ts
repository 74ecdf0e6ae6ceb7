import { Command, Option } from 'commander';
import type { RunsRequest } from './list.js';
import type { ShowRequest } from './show.js';

/**
 * Makes the command line of `provision runs`, which throws CommanderError instead of exiting.
 * @param done receives the exit status
 */
export function runsCommand(done: (status: number) => void): Command {
  return new Command('provision runs')
    .description('Lists and shows earlier runs, from the logs beside their site.')
    .usage('list|show …')
    .addHelpText('after', kept)
    .showHelpAfterError('(provision runs --help explains)')
    .exitOverride()
    .addCommand(
      subcommand('list', 'Lists the runs, the newest last.').action(async (request: RunsRequest) => {
        done(await (await import('./list.js')).listAction(request));
      }),
      { isDefault: true },
    )
    .addCommand(
      subcommand('show', 'Shows a run as it was printed.')
        .argument('[run]', 'its id, the beginning of it, or last', 'last')
        .option('-D, --diff', 'show differences', false)
        .option('-v, --verbose', 'print more; -vv and -vvv even more', (_value: string, count: number) => count + 1, 0)
        .option('--profile', 'list the slowest tasks at the end', false)
        .action(async (run: string, request: ShowRequest) => {
          done(await (await import('./show.js')).showAction(run, request));
        }),
    );
}

function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--site <site>', 'the site, or its folder (default: this folder)', '.')
    .addOption(new Option('--output <form>', 'lines or json').choices(['lines', 'json']).default('lines'))
    .option('--color', 'colour even off a terminal')
    .option('--no-color', 'no colour (as does NO_COLOR)')
    .showHelpAfterError(`(provision runs ${name} --help explains)`)
    .exitOverride();
}

const kept = `
Logs are files of JSON lines in .provision/runs beside the site, without secrets, for their owner only.
The last 50 are kept; PROVISION_KEEP_RUNS=N in the environment of a run changes that (0: none).`;
