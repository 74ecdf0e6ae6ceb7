import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { list } from '../terminal/option-values.js';
import {
  addCommonOptions,
  attachmentsOption,
  chunkSizeOption,
  mebibytes,
  platforms,
  setOption,
  templateOption,
  verifyOption,
} from './common-options.js';
import { pullCommand, pushCommand } from './engine/engine-commands.js';
import type { SaveRequest } from './save.js';
import type { SyncRequest } from './sync-request.js';

/** Makes the command line of `provision images`, which throws CommanderError instead of exiting. @param done receives the exit status */
export function imagesCommand(done: (status: number) => void): Command {
  const images = new Command('provision images')
    .description('Copies, saves and loads container images; pushes those of a container engine, and pulls into one.')
    .usage('sync|save|load|push|pull …')
    .showHelpAfterError('(provision images --help explains)')
    .exitOverride();
  images.addCommand(syncCommand(done));
  images.addCommand(saveCommand(done));
  images.addCommand(loadCommand(done));
  images.addCommand(pushCommand(done));
  images.addCommand(pullCommand(done));
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
      platforms,
      [],
    )
    .addOption(attachmentsOption())
    .addOption(templateOption())
    .addOption(setOption())
    .optionsGroup('Behaviour:')
    .option('-C, --check', 'report what would be copied, and how much, and copy nothing', false)
    .addOption(verifyOption())
    .option('--repair', 'write all of the list again, and blobs that the target does not serve', false)
    .option('--prune', 'delete tags of the listed repositories that are not in the list', false)
    .option('--protect <pattern>', 'tags that --prune keeps; repeatable', list, [])
    .option('--prune-share <percent>', 'refuse to delete more than this part of the tags of a repository', percent, 50)
    .addOption(chunkSizeOption());
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
    .option('--platform <os/arch>', 'only this platform of images for several; repeatable', platforms, [])
    .addOption(attachmentsOption())
    .addOption(templateOption())
    .addOption(setOption())
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
    .option('--platform <os/arch>', 'only this platform of images for several; repeatable', platforms, [])
    .addOption(attachmentsOption())
    .optionsGroup('Behaviour:')
    .option('-C, --check', 'report what would be copied, and how much, and copy nothing', false)
    .addOption(verifyOption())
    .option('--repair', 'write all images again, and blobs that the target does not serve', false);
  return addCommonOptions(command).action(async (archive: string, options: LoadOptions) => {
    const { syncAction } = await import('./sync.js');
    const unused = {
      prune: false,
      protect: [],
      pruneShare: 50,
      chunkSize: undefined,
      output: undefined,
      set: [],
      template: undefined,
    } as const;
    done(await syncAction({ ...unused, ...options, lists: [], from: resolve(archive), load: archive }));
  });
}

type LoadOptions = Omit<
  SyncRequest,
  'lists' | 'from' | 'load' | 'prune' | 'protect' | 'pruneShare' | 'chunkSize' | 'output' | 'set' | 'template'
>;

function percent(value: string): number {
  const number = Number(value);
  if (!(number >= 0 && number <= 100)) throw new InvalidArgumentError('A number from 0 to 100 is expected.');
  return number;
}
