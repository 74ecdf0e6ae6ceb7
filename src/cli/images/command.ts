import { Command, InvalidArgumentError, Option } from 'commander';
import type { SyncRequest } from './sync-request.js';

/** The command line of `provision images`. Throws CommanderError instead of exiting. @param done is given the exit status */
export function imagesCommand(done: (status: number) => void): Command {
  const images = new Command('provision images')
    .description('Copies, saves and loads container images, without a container engine.')
    .usage('sync|save|load …')
    .showHelpAfterError('(provision images --help explains)')
    .exitOverride();
  images.addCommand(syncCommand(done));
  return images;
}

function syncCommand(done: (status: number) => void): Command {
  return new Command('sync')
    .description(
      'Brings a list of images from one registry to others: what is missing or differs is copied, and verified.',
    )
    .usage('LIST… [--from REGISTRY] --to REGISTRY [options]')
    .argument(
      '<list...>',
      "lists of images: ours, a text, skopeo's or regsync's YAML, what TripleO's tools write; `name:tag` alone is one too",
    )
    .optionsGroup('What and where:')
    .option(
      '--from <registry>',
      'where images come from: [http://]host[:port][/prefix], or an archive or folder of images',
    )
    .option('--to <registry>', 'where they go; repeatable: each gets the same', list, [])
    .option(
      '--platform <os/arch>',
      'only these of images for several; repeatable (default: all, digests unchanged)',
      list,
      [],
    )
    .addOption(
      new Option('--attachments <which>', 'signatures, attestations, SBOMs: all or none')
        .choices(['all', 'none'])
        .default('all'),
    )
    .optionsGroup('How:')
    .option('-C, --check', 'say what would be copied, and how much, and copy nothing', false)
    .addOption(
      new Option(
        '--verify <level>',
        'afterwards: none; copied, that what was copied is there; present, that all of the list is; deep, by reading it',
      )
        .choices(['none', 'copied', 'present', 'deep'])
        .default('copied'),
    )
    .option('--prune', 'take away tags of the listed repositories that are not in the list', false)
    .option('--protect <pattern>', 'tags that --prune leaves alone; repeatable', list, [])
    .option('--prune-share <percent>', 'refuse to take away more than this part of a repository', percent, 50)
    .option(
      '--chunk-size <MiB>',
      'send blobs in pieces of this size (default: whole, in pieces where a proxy refuses that)',
      mebibytes,
    )
    .option('--rate <n>', 'requests a second to each registry at most', positive)
    .option('--connections <n>', 'requests under way to each registry at most (default: 48)', positive)
    .optionsGroup('Connecting:')
    .option(
      '--ca <[registry=]file>',
      'authorities to trust, PEM; repeatable (also: certs.d folders, as docker and podman have them)',
      list,
      [],
    )
    .option('--insecure', 'take any certificate', false)
    .option('--authfile <file>', 'accounts (default: those of podman and docker; see `provision registry login`)')
    .optionsGroup('Output:')
    .option(
      '-v, --verbose',
      'also name the images that were there already',
      (_value: string, count: number) => count + 1,
      0,
    )
    .addOption(new Option('--output <form>', 'live, lines or json').choices(['live', 'lines', 'json']))
    .option('--json', 'the same as --output json', false)
    .option('--color', 'colour even off a terminal')
    .option('--no-color', 'no colour (as does NO_COLOR)')
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', exitStatuses)
    .configureHelp({ optionDescription: (option) => option.description })
    .showHelpAfterError('(provision images sync --help explains)')
    .exitOverride()
    .action(async (lists: string[], options: Omit<SyncRequest, 'lists'>) => {
      const { syncAction } = await import('./sync.js');
      done(await syncAction({ ...options, lists }));
    });
}

const exitStatuses = `
Exit status: 0 all of the list is there; 1 the input is wrong, nothing was moved; 2 something asked for is not there;
4 a registry was unreachable; 130 interrupted.`;

function list(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('A number above 0 is expected.');
  return number;
}

function mebibytes(value: string): number {
  return Math.ceil(positive(value) * 2 ** 20);
}

function percent(value: string): number {
  const number = Number(value);
  if (!(number >= 0 && number <= 100)) throw new InvalidArgumentError('A number from 0 to 100 is expected.');
  return number;
}
