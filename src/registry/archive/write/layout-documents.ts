import type { Digest } from '../../digest.js';
import type { Manifest, RawManifest } from '../../manifest.js';
import { isForeignLayer, mediaTypes } from '../../media-types.js';
import { layoutBlobPath, nameAnnotations } from '../read/read-oci-layout.js';

/** An image of a layout: what it is called there, and its manifest. */
export interface LayoutImage {
  /** `registry.example.com/team/web:1.0`; nothing for what is there for another's sake (a referrer). */
  readonly name: string | undefined;
  readonly raw: RawManifest;
  readonly manifest: Manifest;
}

/**
 * Makes the files of an OCI layout beside its blobs, the same bytes for the same images. index.json names the images
 * for podman, skopeo and containerd. manifest.json lists them as docker's `save` does, for a docker with its older
 * store: of an index the manifest for linux/amd64, else its first.
 */
export function layoutDocuments(
  images: readonly LayoutImage[],
  manifestOf: (digest: Digest) => Manifest | undefined,
): { readonly path: string; readonly bytes: Buffer }[] {
  const sorted = [...images].sort(
    (a, b) => compare(a.name ?? '~', b.name ?? '~') || compare(a.raw.digest, b.raw.digest),
  );
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: sorted.map(descriptorOf) };
  const saved = savedList(sorted, manifestOf);
  return [
    { path: 'oci-layout', bytes: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { path: 'index.json', bytes: Buffer.from(JSON.stringify(index)) },
    ...(saved.length === 0 ? [] : [{ path: 'manifest.json', bytes: Buffer.from(JSON.stringify(saved)) }]),
  ];
}

function descriptorOf({ name, raw, manifest }: LayoutImage) {
  return {
    mediaType: manifest.mediaType || raw.mediaType,
    digest: raw.digest,
    size: raw.bytes.length,
    ...(name === undefined ? {} : { annotations: Object.fromEntries(nameAnnotations.map((key) => [key, name])) }),
  };
}

interface SavedEntry {
  readonly Config: string;
  readonly RepoTags: string[];
  readonly Layers: string[];
}

function savedList(images: readonly LayoutImage[], manifestOf: (digest: Digest) => Manifest | undefined): SavedEntry[] {
  const entries = new Map<Digest, SavedEntry>();
  for (const { name, raw, manifest } of images) {
    const [digest, image] = findRunnable(raw.digest, manifest, manifestOf) ?? [];
    if (name === undefined || name.includes('@') || digest === undefined || image === undefined) continue;
    const entry = entries.get(digest) ?? {
      Config: layoutBlobPath(image.config.digest),
      RepoTags: [],
      Layers: image.layers.map((layer) => layoutBlobPath(layer.digest)),
    };
    entry.RepoTags.push(name);
    entries.set(digest, entry);
  }
  return [...entries.values()];
}

type Image = Extract<Manifest, { kind: 'image' }>;

function findRunnable(
  digest: Digest,
  manifest: Manifest,
  manifestOf: (digest: Digest) => Manifest | undefined,
): [Digest, Image] | undefined {
  if (manifest.kind === 'image') return isRunnable(manifest) ? [digest, manifest] : undefined;
  const children = manifest.manifests.flatMap((child) => {
    const image = manifestOf(child.digest);
    return image?.kind === 'image' && isRunnable(image) ? [{ child, image }] : [];
  });
  const amd64 = children.find(({ child }) => child.platform?.os === 'linux' && child.platform.architecture === 'amd64');
  const chosen = amd64 ?? children[0];
  return chosen === undefined ? undefined : [chosen.child.digest, chosen.image];
}

/** Signatures and other artifacts have a config of this type too, and layers that are no tar. */
function isRunnable({ artifactType, config, layers }: Image): boolean {
  return (
    artifactType === undefined &&
    (config.mediaType === mediaTypes.dockerConfig || config.mediaType === mediaTypes.ociConfig) &&
    layers.every(({ mediaType }) => /[.]tar\b/.test(mediaType) && !isForeignLayer(mediaType))
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
