import { Command, Option } from 'commander';
import { engineNames } from '../../../registry/engine/engine.js';
import { list } from '../../terminal/option-values.js';
import { addCommonOptions, chunkSizeOption, platform, verifyOption } from '../common-options.js';
import type { PullRequest } from './pull.js';
import type { PushRequest } from './push.js';

/** Makes `provision images push`. */
export function pushCommand(done: (status: number) => void): Command {
  const command = new Command('push')
    .description(
      'Pushes images of docker, podman or containerd on this machine to a registry; without images: lists them.',
    )
    .usage('[IMAGE…] --to REGISTRY [options]')
    .argument('[image...]', 'names or ids, as the engine has them')
    .optionsGroup('Images and registries:')
    .option('--to <registry>', '[http://]host[:port][/prefix]; repeatable: each gets the same', list, [])
    .option('--as <name:tag>', 'name at the target, of one image (default: its own, without a registry)')
    .addOption(engineOption())
    .optionsGroup('Behaviour:')
    .option('-C, --check', 'report what would be pushed, and how much, and push nothing', false)
    .addOption(verifyOption())
    .addOption(chunkSizeOption());
  return addCommonOptions(command).action(async (images: string[], options: Omit<PushRequest, 'images'>) => {
    const { pushAction } = await import('./push.js');
    done(await pushAction({ ...options, images }));
  });
}

/** Makes `provision images pull`. */
export function pullCommand(done: (status: number) => void): Command {
  const command = new Command('pull')
    .description('Brings images of registries into docker, podman or containerd on this machine.')
    .usage('REGISTRY/IMAGE… [--as NAME] [options]')
    .argument('<image...>', 'registry/repository[:tag][@digest]')
    .optionsGroup('Images and registries:')
    .option('--as <name:tag>', 'name in the engine, of one image (default: the same)')
    .addOption(engineOption())
    .option('--platform <os/arch>', "of an image for several (default: the engine's)", platform);
  return addCommonOptions(command).action(async (images: string[], options: Omit<PullRequest, 'images'>) => {
    const { pullAction } = await import('./pull.js');
    done(await pullAction({ ...options, images }));
  });
}

function engineOption(): Option {
  const option = new Option('--engine <name>', 'docker, podman or containerd (default: the first that has the images)');
  return option.choices(engineNames);
}
