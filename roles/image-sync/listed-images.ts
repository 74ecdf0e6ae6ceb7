import type { z } from 'zod';
import {
  Diagnostics,
  type ImageList,
  InputError,
  readImageList,
  sendToTargets,
  type WantedImages,
} from '../../src/index.js';
import { inputError } from './input-error.js';
import type { vars } from './vars.js';

type Vars = z.output<typeof vars>;

/** Images that the variables list, and what a file among them says of registries. */
export type ListedImages = Pick<ImageList, 'wanted' | 'credentials' | 'trust' | 'limits' | 'notices'>;

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
    ...(list?.limits === undefined ? {} : { limits: list.limits }),
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

/** @throws InputError for what only the controller can do with a list */
export function refuseForEngine({ credentials, trust }: ListedImages): void {
  const what = credentials.size > 0 ? 'accounts' : trust.size > 0 ? 'certificates' : undefined;
  if (what !== undefined)
    throw inputError(
      `image_sync_via: engine takes the ${what} of the host's engine, not those of image_sync_list`,
      'leave it to image_sync_via: auto',
    );
}
