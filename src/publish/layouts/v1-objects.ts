import { forEver, type PublishedObject } from './publication.js';
import { smallObject } from './small-object.js';

/** Options of layouts of the first docker-registry. */
export interface V1Options {
  /** Application: the folder of its images. */
  readonly app: string;
  /** Name that clients pull. */
  readonly name: string;
  /** Ids of images that are had from elsewhere, and are not published. */
  readonly mask: ReadonlySet<string>;
}

/** Stage of layers; descriptions come after them. */
export const layerStage = 0;
const jsonStage = 1;
/** An ancestry is what a client asks for first: it is stored when all else is there. */
const ancestryStage = 2;

/** Files of an image, in the order in which the older tool named them. */
export const v1Files = ['layer', 'json', 'ancestry'] as const;

const documentType = { contentType: 'application/json', cacheControl: forEver, isAddressed: false } as const;

/** Makes the object of an image's description. */
export function v1Json(folder: string, id: string, bytes: Uint8Array): PublishedObject {
  return smallObject({ key: `${folder}/${id}/json`, stage: jsonStage, ...documentType }, bytes);
}

/** Makes the object of an image's ancestry: its own id first. */
export function ancestryObject(folder: string, id: string, ids: readonly string[]): PublishedObject {
  return ancestryOfBytes(folder, id, Buffer.from(JSON.stringify(ids)));
}

/** Makes the object of an ancestry that is there as bytes. */
export function ancestryOfBytes(folder: string, id: string, bytes: Uint8Array): PublishedObject {
  return smallObject({ key: `${folder}/${id}/ancestry`, stage: ancestryStage, ...documentType }, bytes);
}

/** Makes the lines about images that are not published: one for each of their files, as the older tool had them. */
export function skipNotices(ids: readonly string[]): string[] {
  return ids.flatMap((id) => v1Files.map(() => `Skipping layer ${id}`));
}
