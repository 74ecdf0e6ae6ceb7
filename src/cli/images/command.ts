import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { list, positive } from '../terminal/option-values.js';
import type { SaveRequest } from './save.js';
import type { SyncRequest } from './sync-request.js';

/** The command line of `provision images`. Throws CommanderError instead of exiting. @param done is given the exit status */
export function imagesCommand(done: (status: number) => void): Command {
  const images = new Command('provision images')
    .description('Copies, saves and loads container images, without a container engine.')
    .usage('sync|save|load …')
    .showHelpAfterError('(provision images --help explains)')
    .exitOverride();
  images.addCommand(syncCommand(done));
  images.addCommand(saveCommand(done));
  images.addCommand(loadCommand(done));
  return images;
}

function syncCommand(done: (status: number) => void): Command {
  const command = new Command('sync')
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
    .addOption(attachments())
    .optionsGroup('How:')
    .option('-C, --check', 'say what would be copied, and how much, and copy nothing', false)
    .addOption(verifying())
    .option('--prune', 'take away tags of the listed repositories that are not in the list', false)
    .option('--protect <pattern>', 'tags that --prune leaves alone; repeatable', list, [])
    .option('--prune-share <percent>', 'refuse to take away more than this part of a repository', percent, 50)
    .option(
      '--chunk-size <MiB>',
      'send blobs in pieces of this size (default: whole, in pieces where a proxy refuses that)',
      mebibytes,
    )
    .option('--rate <n>', 'requests a second to each registry at most', positive)
    .option('--connections <n>', 'requests under way to each registry at most (default: 48)', positive);
  return connection(command).action(async (lists: string[], options: Omit<SyncRequest, 'lists'>) => {
    const { syncAction } = await import('./sync.js');
    done(await syncAction({ ...options, lists, load: undefined, as: undefined }));
  });
}

function saveCommand(done: (status: number) => void): Command {
  const command = new Command('save')
    .description('Writes a list of images into an OCI archive, to be carried to where there is no network.')
    .usage('LIST… [--from REGISTRY] --out FILE.tar [options]')
    .argument('<list...>', 'lists of images, as sync takes them; `name:tag` alone is one too')
    .optionsGroup('What and where:')
    .option(
      '--from <registry>',
      'where images come from: [http://]host[:port][/prefix], or an archive or folder of images',
    )
    .requiredOption('-o, --out <file>', 'the archive: a tar, or a folder where it does not end in .tar')
    .option('--split-size <MiB>', 'write parts of this size: FILE.tar.part-001 and so on', mebibytes)
    .option('--platform <os/arch>', 'only these of images for several; repeatable', list, [])
    .addOption(attachments())
    .option('--force', 'replace what is there', false);
  return connection(command).action(async (lists: string[], options: Omit<SaveRequest, 'lists'>) => {
    const { saveAction } = await import('./save.js');
    done(await saveAction({ ...options, lists }));
  });
}

function loadCommand(done: (status: number) => void): Command {
  const command = new Command('load')
    .description('Brings the images of an archive to a registry: OCI, docker save, skopeo dir, Pulp export.')
    .usage('ARCHIVE --to REGISTRY [options]')
    .argument('<archive>', 'a tar, its first part, or a folder')
    .optionsGroup('What and where:')
    .option('--to <registry>', 'where they go; repeatable: each gets the same', list, [])
    .option('--as <name:tag>', 'what the only image of the archive is called there')
    .option('--platform <os/arch>', 'only these of images for several; repeatable', list, [])
    .addOption(attachments())
    .optionsGroup('How:')
    .option('-C, --check', 'say what would be copied, and how much, and copy nothing', false)
    .addOption(verifying());
  return connection(command).action(async (archive: string, options: LoadOptions) => {
    const { syncAction } = await import('./sync.js');
    const unused = { prune: false, protect: [], pruneShare: 50, chunkSize: undefined, output: undefined } as const;
    done(await syncAction({ ...unused, ...options, lists: [], from: resolve(archive), load: archive }));
  });
}

type LoadOptions = Omit<
  SyncRequest,
  'lists' | 'from' | 'load' | 'prune' | 'protect' | 'pruneShare' | 'chunkSize' | 'output'
>;

const exitStatuses = `
Exit status: 0 all of the list is there; 1 the input is wrong, nothing was moved; 2 something asked for is not there;
4 a registry was unreachable; 130 interrupted.`;

/** Options that all of them have. */
function connection(command: Command): Command {
  return command
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
    .exitOverride();
}

function attachments(): Option {
  return new Option('--attachments <which>', 'signatures, attestations, SBOMs: all or none')
    .choices(['all', 'none'])
    .default('all');
}

function verifying(): Option {
  return new Option(
    '--verify <level>',
    'afterwards: none; copied, that what was copied is there; present, that all of the list is; deep, by reading it',
  )
    .choices(['none', 'copied', 'present', 'deep'])
    .default('copied');
}

function mebibytes(value: string): number {
  return Math.ceil(positive(value) * 2 ** 20);
}

function percent(value: string): number {
  const number = Number(value);
  if (!(number >= 0 && number <= 100)) throw new InvalidArgumentError('A number from 0 to 100 is expected.');
  return number;
}
