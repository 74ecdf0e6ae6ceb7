import { Command, Option } from 'commander';
import type { RunsRequest } from './list.js';
import type { ShowRequest } from './show.js';

/** The command line of `provision runs`. Throws CommanderError instead of exiting. @param done is given the exit status */
export function runsCommand(done: (status: number) => void): Command {
  return new Command('provision runs')
    .description('Lists and shows earlier runs, from the logs beside their site.')
    .usage('list|show …')
    .addHelpText('after', kept)
    .showHelpAfterError('(provision runs --help explains)')
    .exitOverride()
    .addCommand(
      plain('list', 'Lists the runs, the newest last.').action(async (request: RunsRequest) => {
        done(await (await import('./list.js')).listAction(request));
      }),
      { isDefault: true },
    )
    .addCommand(
      plain('show', 'Shows a run as it was told of.')
        .argument('[run]', 'its id, the beginning of it, or last', 'last')
        .option('-D, --diff', 'show differences', false)
        .option('-v, --verbose', 'say more; -vv and -vvv still more', (_value: string, count: number) => count + 1, 0)
        .option('--profile', 'name the slowest tasks at the end', false)
        .action(async (run: string, request: ShowRequest) => {
          done(await (await import('./show.js')).showAction(run, request));
        }),
    );
}

function plain(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--site <site>', 'the site, or the folder that it lies in (default: this folder)', '.')
    .addOption(new Option('--output <form>', 'lines or json').choices(['lines', 'json']).default('lines'))
    .option('--color', 'colour even off a terminal')
    .option('--no-color', 'no colour (as does NO_COLOR)')
    .showHelpAfterError(`(provision runs ${name} --help explains)`)
    .exitOverride();
}

const kept = `
Logs are files of JSON lines in .provision/runs beside the site, without secrets, for their owner only.
The last 50 are kept; PROVISION_KEEP_RUNS=N in the environment of a run says otherwise (0: none).`;
