import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { attachmentsModes } from '../../registry/attachments-mode.js';
import { list, positive, wholeNumber } from '../terminal/option-values.js';
import { limit } from './limits.js';
import type { SaveRequest } from './save.js';
import type { SyncRequest } from './sync-request.js';

/** Makes the command line of `provision images`, which throws CommanderError instead of exiting. @param done receives the exit status */
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
      'Copies the images of a list from one registry to others, where they are missing or differ, and verifies them.',
    )
    .usage('LIST… [--from REGISTRY] --to REGISTRY [options]')
    .argument(
      '<list...>',
      "lists of images: our format, a text, YAML of skopeo or regsync, files of TripleO's tools; or `name:tag`",
    )
    .optionsGroup('Images and registries:')
    .option(
      '--from <registry>',
      'source of the images: [http://]host[:port][/prefix], or an archive or folder of images',
    )
    .option('--to <registry>', 'target registry; repeatable: each gets the same', list, [])
    .option(
      '--platform <os/arch>',
      'copy only this platform of images for several; repeatable (default: all, digests unchanged)',
      list,
      [],
    )
    .addOption(attachmentsOption())
    .optionsGroup('Behaviour:')
    .option('-C, --check', 'report what would be copied, and how much, and copy nothing', false)
    .addOption(verifyOption())
    .option('--repair', 'write all of the list again, and blobs that the target does not serve', false)
    .option('--prune', 'delete tags of the listed repositories that are not in the list', false)
    .option('--protect <pattern>', 'tags that --prune keeps; repeatable', list, [])
    .option('--prune-share <percent>', 'refuse to delete more than this part of the tags of a repository', percent, 50)
    .option(
      '--chunk-size <MiB>',
      'send blobs in pieces of this size (default: whole, or in pieces where a proxy refuses that)',
      mebibytes,
    );
  return addCommonOptions(command).action(async (lists: string[], options: Omit<SyncRequest, 'lists'>) => {
    const { syncAction } = await import('./sync.js');
    done(await syncAction({ ...options, lists, load: undefined, as: undefined }));
  });
}

function saveCommand(done: (status: number) => void): Command {
  const command = new Command('save')
    .description('Saves the images of a list in an OCI archive, for hosts without a network.')
    .usage('LIST… [--from REGISTRY] --out FILE.tar [options]')
    .argument('<list...>', 'lists of images, as for sync; or `name:tag`')
    .optionsGroup('Images and registries:')
    .option(
      '--from <registry>',
      'source of the images: [http://]host[:port][/prefix], or an archive or folder of images',
    )
    .requiredOption('-o, --out <file>', 'archive to write: a tar, or a folder where the name does not end in .tar')
    .option('--split-size <MiB>', 'write parts of this size: FILE.tar.part-001 and so on', mebibytes)
    .option('--platform <os/arch>', 'only this platform of images for several; repeatable', list, [])
    .addOption(attachmentsOption())
    .option('--force', 'replace an existing file or folder', false);
  return addCommonOptions(command).action(async (lists: string[], options: Omit<SaveRequest, 'lists'>) => {
    const { saveAction } = await import('./save.js');
    done(await saveAction({ ...options, lists }));
  });
}

function loadCommand(done: (status: number) => void): Command {
  const command = new Command('load')
    .description('Copies the images of an archive to a registry: OCI, docker save, skopeo dir, Pulp export.')
    .usage('ARCHIVE --to REGISTRY [options]')
    .argument('<archive>', 'a tar, its first part, or a folder')
    .optionsGroup('Images and registries:')
    .option('--to <registry>', 'target registry; repeatable: each gets the same', list, [])
    .option('--as <name:tag>', 'name at the target of the only image of the archive')
    .option('--platform <os/arch>', 'only this platform of images for several; repeatable', list, [])
    .addOption(attachmentsOption())
    .optionsGroup('Behaviour:')
    .option('-C, --check', 'report what would be copied, and how much, and copy nothing', false)
    .addOption(verifyOption())
    .option('--repair', 'write all images again, and blobs that the target does not serve', false);
  return addCommonOptions(command).action(async (archive: string, options: LoadOptions) => {
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
Exit status: 0 all images of the list are there; 1 the input is wrong, nothing was copied; 2 an image failed;
4 a registry was unreachable; 130 interrupted.`;

/** Adds the options that all of them have. */
function addCommonOptions(command: Command): Command {
  return command
    .optionsGroup('Connecting:')
    .option(
      '--ca <[registry=]file>',
      'trust these authorities, PEM; repeatable (also: certs.d folders of docker and podman)',
      list,
      [],
    )
    .option('--insecure', 'accept any certificate', false)
    .option(
      '--authfile <file>',
      'read accounts from this file (default: those of podman and docker; see `provision registry login`)',
    )
    .optionsGroup('Limits, of each registry or of one (REGISTRY=N); repeatable:')
    .option('--rate <n>', 'most requests a second', limit(positive), [])
    .option('--connections <n>', 'most requests at the same time (default: 48)', limit(wholeNumber), [])
    .option('--bandwidth <MiB/s>', 'most bytes a second, each way', limit(bandwidth), [])
    .option('--reserve <n>', 'requests of its quota that are left to others (default: 0)', limit(wholeNumber), [])
    .optionsGroup('Output:')
    .option(
      '-v, --verbose',
      'also list the images that were there already',
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

function attachmentsOption(): Option {
  return new Option('--attachments <which>', 'signatures, attestations, SBOMs: all, also later ones; once; or none')
    .choices(attachmentsModes)
    .default('all');
}

function verifyOption(): Option {
  return new Option(
    '--verify <level>',
    'check afterwards: none; copied, the copied images; present, all of the list; deep, all of it by reading it',
  )
    .choices(['none', 'copied', 'present', 'deep'])
    .default('copied');
}

function mebibytes(value: string): number {
  return Math.ceil(positive(value) * 2 ** 20);
}

/** Slower ones would count as stalled. */
const leastBandwidth = 64 << 10;

function bandwidth(value: string): number {
  const bytes = positive(value) * 2 ** 20;
  if (bytes < leastBandwidth) throw new InvalidArgumentError('At least 0.0625 is expected: 64 KiB a second.');
  return bytes;
}

function percent(value: string): number {
  const number = Number(value);
  if (!(number >= 0 && number <= 100)) throw new InvalidArgumentError('A number from 0 to 100 is expected.');
  return number;
}
