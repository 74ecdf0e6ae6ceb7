import type { Command } from 'commander';
import { usualFrontWait } from '../../../publish/verbs/usual-front-wait.js';
import { wholeOrNone } from '../../terminal/option-values.js';
import type { PublishAppFlags, VendorFlags, WithdrawFlags } from './vendor-request.js';

/**
 * Adds the commands for vendors and their applications to `provision publish`: status, setup, upload, publish, withdraw.
 * @param done receives the exit status
 */
export function addVendorCommands(publish: Command, done: (status: number) => void): void {
  const command = (words: string, description: string) =>
    publish
      .command(words)
      .description(description)
      .optionsGroup('Options:')
      .option('--vendors <file>', 'file of vendors and applications', 'vendors.yaml')
      .option('--json', 'print JSON', false)
      .option('-v, --verbose', 'print more', (_value: string, count: number) => count + 1, 0)
      .helpOption('-h, --help', 'print this')
      .configureHelp({ optionDescription: (option) => option.description })
      .showHelpAfterError('(provision publish --help explains)')
      .exitOverride();
  const dryRun = ['-n, --dry-run', 'print what would be done, and do nothing', false] as const;

  command('status <vendor> [app]', 'Compares source, bucket and redirect file, and says what to do.')
    .addHelpText('after', '\nExit status: 0 nothing differs; 3 something does; 1, 2, 4 as of provision publish.')
    .action(async (vendor: string, app: string | undefined, flags: VendorFlags) => {
      const { statusAction } = await import('./status-action.js');
      done(await statusAction(vendor, app, flags));
    });
  command('setup <vendor>', 'Makes the bucket of a vendor, its policy, CORS and lifecycle: what differs, and no more.')
    .option(...dryRun)
    .action(async (vendor: string, flags: VendorFlags) => {
      const { setupAction } = await import('./setup-action.js');
      done(await setupAction(vendor, flags));
    });
  command('upload <vendor> <app> [source]', 'Stores the images of an application. Its redirect file stays as it is.')
    .option(...dryRun)
    .action(async (vendor: string, app: string, source: string | undefined, flags: VendorFlags) => {
      const { uploadAppAction } = await import('./publish-app-action.js');
      done(await uploadAppAction([vendor, app, source], flags));
    });
  command('publish <vendor> <app> [source]', 'Stores images, then writes the redirect file, then pulls each tag.')
    .option(
      '--wait <seconds>',
      'time in which pull_from has to give it; 0: nothing is pulled there',
      wholeOrNone,
      usualFrontWait,
    )
    .option(...dryRun)
    .action(async (vendor: string, app: string, source: string | undefined, flags: PublishAppFlags) => {
      const { publishAppAction } = await import('./publish-app-action.js');
      done(await publishAppAction([vendor, app, source], flags));
    });
  command(
    'withdraw <vendor> <app> [tags...]',
    'Withdraws tags, or all of an application: who is pulling goes on. Without tags: what an interrupted withdrawal left.',
  )
    .option('--all', 'withdraw all tags', false)
    .option('--wait <seconds>', 'time for which redirects that were given still lead to content', wholeOrNone, 300)
    .option(...dryRun)
    .action(async (vendor: string, app: string, tags: string[], flags: WithdrawFlags) => {
      const { withdrawAction } = await import('./withdraw-action.js');
      done(await withdrawAction(vendor, app, tags, flags));
    });
}
