import { file, type Results, type RoleContext, stage, type TaskItem, tasksOf } from '../../../src/index.js';
import imageSync from '../../image-sync/index.js';
import { inStackHome } from './as-stack.js';
import { groupsOf } from './by-registry.js';
import type { HostCheck } from './host-check.js';
import { type ListedImage, listedImages } from './listed-images.js';
import { type PrepareSettings, prepareParameters, type TripleoClient, uploadWords } from './prepare-command.js';
import { isPrepared } from './prepared-files.js';
import { tripleo_prepare } from './tripleo-prepare.js';
import { uploaded_images } from './uploaded-images.js';

/**
 * Executor that copies images to an undercloud's registry: its `openstack` command, or {@link imageSync} in one of its
 * ways.
 */
export type Way = 'openstack' | 'auto' | 'direct' | 'target' | 'engine';

export interface UndercloudSettings {
  readonly asked: PrepareSettings;
  readonly client: TripleoClient | 'auto';
  readonly way: Way;
  /** False: no image is copied. */
  readonly sync: boolean;
  readonly force: boolean;
}

const prepared = 'the images that prepare listed';

/**
 * Returns the tasks of an undercloud's images: its command lists them, and with `sync` they are copied to its
 * registry.
 */
export function undercloudImages(
  { asked, client: given, way, sync, force }: UndercloudSettings,
  found: HostCheck,
  context: RoleContext<unknown>,
): readonly TaskItem[] {
  const client = found.prepared?.client ?? given;
  const prepare = [
    ...(client === 'tripleo' ? [parametersFile(asked, force)] : []),
    tripleo_prepare({
      title: 'prepare the list of images',
      asked,
      client,
      dry_run: !sync || way !== 'openstack',
      force,
      register: prepared,
    }),
  ];
  if (!sync) return prepare;
  const bring = (by: TripleoClient, listing: string | undefined) => {
    const images = listing === undefined ? [] : listedImages(by, listing, asked);
    if (way !== 'openstack' && images.length > 0) return synced(images, way, context);
    const file = inStackHome(by === 'tripleo' ? asked.environmentFile : asked.imagesFile);
    return [uploaded_images({ title: 'upload the images', images, words: uploadWords(by, asked), file })];
  };
  // What is there need not be waited for: it is asked after in the same breath.
  const known = found.prepared;
  if (known !== undefined && isPrepared(known, asked) && !force && !context.host.force) {
    return [...prepare, ...bring(known.client, known.listing)];
  }
  return [...prepare, stage(prepared, (results) => bring(...listingIn(results)))];
}

/** Returns the task that writes the input of the tripleo client. */
function parametersFile(asked: PrepareSettings, force: boolean): TaskItem {
  return file({
    path: inStackHome(asked.imagesFile),
    content: prepareParameters(asked),
    owner: 'stack',
    group: 'stack',
    mode: '0644',
    force,
    force_variable: 'docker_registry_setup_force',
  });
}

function synced(images: readonly ListedImage[], way: Exclude<Way, 'openstack'>, context: RoleContext<unknown>) {
  const lost = images.filter(({ source }) => source === undefined).map(({ target }) => target);
  if (lost.length > 0) {
    throw new Error(
      `these images have no known source: ${lost.join(', ')}; give their namespace in docker_registry_setup_prepare_set, or image_sync_via: openstack`,
    );
  }
  return groupsOf(images).flatMap(({ from, to, images }) =>
    tasksOf(imageSync, context, {
      image_sync_upstream: from,
      image_sync_local: to,
      image_sync_images: images.map(({ name, tag, target }) => ({ name, tag, target })),
      image_sync_via: way,
    }),
  );
}

function listingIn(results: Results): [TripleoClient, string | undefined] {
  const found = results.get(prepared);
  if (typeof found !== 'object' || found === null) return ['overcloud', undefined];
  const client = 'client' in found && found.client === 'tripleo' ? 'tripleo' : 'overcloud';
  return [client, 'listing' in found && typeof found.listing === 'string' ? found.listing : undefined];
}
