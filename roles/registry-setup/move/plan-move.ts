import { posix } from 'node:path';
import type { FormerRegistry } from '../looks/own-registries.js';

/** The registry that a former one becomes. */
export interface NewName {
  readonly name: string;
  readonly runtime: 'package' | 'docker' | 'podman';
  readonly unit: string;
  readonly configPath: string;
  /** Folder of the images; empty where the driver needs none. */
  readonly storage: string;
  /** Share that is mounted there: `nfs1:/export`; empty: none. */
  readonly share: string;
  /** True where the folder holds images already. */
  readonly hasImages: boolean;
}

/** Decision on a former registry at the port of a new name. */
export type MovePlan =
  | { readonly is: 'move'; readonly movesImages: boolean }
  /** To be moved by force only. */
  | { readonly is: 'kept'; readonly why: string; readonly hint: string }
  | { readonly is: 'refused'; readonly why: string; readonly hint: string };

/**
 * Plans what becomes of a registry that has lost its name in the site. It moves to the new name where nothing but the
 * name has changed; a registry whose storage or runtime is to be another one is moved by force.
 */
export function planMove(former: FormerRegistry, to: NewName, isForced: boolean): MovePlan {
  const where = `${describeFormer(former)}, which this tool set up and the site no longer names`;
  if (to.share !== former.share) {
    if (isForced && former.share !== '' && to.share !== '') return { is: 'move', movesImages: false };
    const stored = former.share === '' ? former.storage : former.share;
    return {
      is: isForced ? 'refused' : 'kept',
      why: `the port is held by ${where}; its images are at ${stored}, and not at ${to.share || to.storage}`,
      hint: `give ${to.name} the storage of ${former.name}, or set state: absent for ${former.name} to remove it first`,
    };
  }
  const movesImages = former.storage !== '' && to.storage !== '' && former.storage !== to.storage && to.share === '';
  if (movesImages && to.hasImages)
    return {
      is: isForced ? 'refused' : 'kept',
      why: `the port is held by ${where}; both ${former.storage} and ${to.storage} hold images`,
      hint: `set storage_directory: ${former.storage} for ${to.name}, or set state: absent for ${former.name} to remove it first (its images stay)`,
    };
  if (!isForced && (to.runtime !== former.runtime || (movesImages && !isRenamedFolder(former, to))))
    return {
      is: 'kept',
      why: `the port is held by ${where}; its images are in ${former.storage || 'a store of its own'}`,
      hint: `set storage_directory: ${former.storage} and the runtime ${former.runtime} to keep both, or docker_registry_setup_force: true (or --force) to move it to ${to.storage} as ${to.name}`,
    };
  return { is: 'move', movesImages };
}

/** Tells whether the folders differ as the names do: `/srv/main` and `/srv/prod`, or `/srv` and `/srv/prod`. */
function isRenamedFolder(former: FormerRegistry, { name, storage }: NewName): boolean {
  const base = (folder: string, of: string) => (posix.basename(folder) === of ? posix.dirname(folder) : folder);
  return base(former.storage, former.name) === base(storage, name);
}

/** Names a former registry in a message: its name, and what runs it. */
export function describeFormer({ name, runtime, unit }: FormerRegistry): string {
  return `${name} (${runtime === 'docker' ? `container ${name}` : `${unit}.service`})`;
}
