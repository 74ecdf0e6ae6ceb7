/** Media types of manifests: Docker's (distribution, "Image Manifest Version 2, Schema 2") and OCI's (image-spec, media-types.md). */
export const mediaTypes = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerForeignLayer: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
} as const;

/**
 * Accept header of a client that takes every kind; a registry chooses by it. Schema 1 is not in it: a registry that has
 * nothing else still answers with it, and says so in Content-Type.
 */
export const acceptManifests = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
].join(', ');

const restrictedName = '[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}';
const mediaTypeShape = new RegExp(`^${restrictedName}/${restrictedName}$`);

/** Returns true for `type/subtype` (RFC 6838, 4.2), without parameters. */
export function isMediaType(text: string): boolean {
  return mediaTypeShape.test(text);
}

/**
 * Returns the media type of a Content-Type header without its parameters, in small letters: case means nothing there
 * (RFC 9110, 8.3.1). Undefined where it is none.
 */
export function bareMediaType(header: string): string | undefined {
  const type = header.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return isMediaType(type) ? type : undefined;
}

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
}

/** Types that stores of files give to any JSON: they say nothing of a manifest. */
export const vagueTypes: readonly string[] = [
  'application/json',
  'application/octet-stream',
  'binary/octet-stream',
  'text/plain',
];

/**
 * Returns true where an index names a manifest by this type. Some name blobs as well: BuildKit's caches list layers and
 * `application/vnd.buildkit.cacheconfig.v0`. Without a type it is a manifest.
 */
export function isManifestType(mediaType: string): boolean {
  return mediaType === '' || vagueTypes.includes(mediaType) || /[./](?:manifest|index)\b/.test(mediaType);
}

export function isSchema1Type(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed;
}

/** Layers that registries need not hold: they are had from their `urls` (image-spec, "Non-Distributable Layers"). */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerForeignLayer || mediaType.includes('.nondistributable.');
}
