import type { z } from 'zod';
import {
  Diagnostics,
  type ImageList,
  InputError,
  readImageList,
  sendToTargets,
  type WantedImages,
} from '../../src/index.js';
import type { vars } from './vars.js';

type Vars = z.output<typeof vars>;

/** Images that the variables list, and what a file among them says of registries. */
export type ListedImages = Pick<ImageList, 'wanted' | 'credentials' | 'trust' | 'notices'>;

/** Reads the images of the variables and of the file that they name. @throws InputError with the places of all errors in it */
export function listedBy(given: Vars, pathOf: (file: string) => string): ListedImages {
  const {
    image_sync_images: images,
    image_sync_list: file,
    image_sync_template: template,
    image_sync_set: set,
  } = given;
  const diagnostics = new Diagnostics();
  const options = {
    prepare: { set },
    ...(template === undefined ? {} : { tripleoTemplate: pathOf(template) }),
  };
  const list = file === undefined ? undefined : readImageList(pathOf(file), options, diagnostics);
  if (diagnostics.all.length > 0) throw new InputError(diagnostics.all, true);
  const name = template === undefined ? 'image_sync_set' : 'image_sync_template';
  if ((template !== undefined || Object.keys(set).length > 0) && list?.takesSubstitutions !== true)
    throw inputError(
      `${name} means nothing here: image_sync_list is no template of TripleO's, and has no ContainerImagePrepare`,
      'leave it out, or name such a list',
    );
  return {
    wanted: [...images, ...(list?.wanted ?? [])],
    credentials: list?.credentials ?? new Map(),
    trust: list?.trust ?? new Map(),
    notices: list?.notices ?? [],
  };
}

/** Returns a list that goes to the local registry. @throws InputError for entries that name another one */
export function sentTo(local: string, list: readonly WantedImages[]): WantedImages[] {
  const diagnostics = new Diagnostics();
  const hint = (registry: string) =>
    `set image_sync_local: ${registry}, if the host reaches it by that name; or take ${registry}/ out of the list`;
  const sent = sendToTargets(list, [local], { option: 'image_sync_local', hint }, diagnostics);
  if (diagnostics.all.length > 0) throw new InputError(diagnostics.all);
  return sent;
}

/**
 * Divides a list by the registries that its images come from: those that it names, else the upstream.
 * @throws InputError where an entry names none, and there is no upstream
 */
export function bySource(upstream: string | undefined, list: readonly WantedImages[]): Map<string, WantedImages[]> {
  const bare = upstream?.replace(/^https?:\/\//, '');
  const sources = new Map<string, WantedImages[]>();
  for (const entry of list) {
    const from = entry.source === undefined || entry.source === bare ? upstream : entry.source;
    if (from === undefined)
      throw inputError(
        `image_sync_upstream is not set, and the list names no registry for ${entry.target}`,
        'set image_sync_upstream, or write the registry before the name',
        entry,
      );
    sources.set(from, [...(sources.get(from) ?? []), { ...entry, source: undefined }]);
  }
  return sources;
}

/** @throws InputError where images come from several registries: what comes from another would be pruned */
export function refuseToPrune(sources: readonly string[]): void {
  if (sources.length > 1)
    throw inputError(
      `image_sync_prune: the images come from ${sources.join(' and ')}, and what comes from one would be deleted for the other`,
      'use the role once for each registry, or leave out image_sync_prune',
    );
}

/** @throws InputError for what only the controller can do with a list */
export function refuseForEngine({ credentials, trust }: ListedImages): void {
  const what = credentials.size > 0 ? 'accounts' : trust.size > 0 ? 'certificates' : undefined;
  if (what !== undefined)
    throw inputError(
      `image_sync_via: engine takes the ${what} of the host's engine, not those of image_sync_list`,
      'leave it to image_sync_via: auto',
    );
}

function inputError(message: string, hint: string, entry?: WantedImages): InputError {
  return new InputError([{ code: 'image-list', message, hint, place: entry?.place }]);
}
