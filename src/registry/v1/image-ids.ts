import { createHash } from 'node:crypto';

/** Fields of a manifest by which it has an id. */
export interface IdentifiedManifest {
  readonly digest: string;
  /** null: it has none, or was not read yet. */
  readonly config_digest: string | null;
  /** Empty for an image. */
  readonly artifact_type: string;
}

/** Returns true for an id of an image. */
export function isImageId(text: string): boolean {
  return /^(?:[a-f0-9]{16}|[a-f0-9]{64})$/.test(text);
}

/**
 * Returns the id of an image: of its configuration, which is what engines call it. What is no image, and what was not read yet, has
 * that of its manifest; artifacts share empty configurations.
 */
export function idOfManifest({ digest, config_digest: config, artifact_type: artifact }: IdentifiedManifest): string {
  return hexId(config === null || artifact !== '' ? digest : config);
}

/**
 * Returns the ids of an image and all below it, the lowest first. Those below are made of their layers and what lies below
 * them, so that images with the same base have its ids in common.
 */
export function chainOf(top: string, layers: readonly string[]): string[] {
  const ids: string[] = [];
  for (const layer of layers.slice(0, -1)) {
    ids.push(
      createHash('sha256')
        .update(`${ids.at(-1) ?? ''} ${layer}`)
        .digest('hex'),
    );
  }
  return [...ids, top];
}

/** Chooses the image of an index that clients see who know nothing of platforms. */
export function chooseImage<Child extends IdentifiedManifest & { readonly platform: string }>(
  children: readonly Child[],
): Child | undefined {
  const images = children.filter(
    ({ config_digest: config, artifact_type: artifact, platform }) =>
      config !== null && artifact === '' && !platform.startsWith('unknown/'),
  );
  return images.find(({ platform }) => platform === 'linux/amd64') ?? images[0];
}

/** Returns the part of a digest that is an id; of a longer one its beginning. */
function hexId(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 64);
}
