import { isRecord } from '../../../model/is-record.js';
import { parseBoundedJson } from '../../bounded-json.js';
import { type Digest, isDigest } from '../../digest.js';
import { isForeignLayer, isIndexType, isManifestType, isSchema1Type, mediaTypes } from '../../media-types.js';

/** Properties of a manifest that the server needs: all of them are in its bytes. */
export interface ManifestText {
  readonly mediaType: string;
  /** Blobs that must be there before it. */
  readonly blobs: readonly Digest[];
  /** Manifests that it lists. */
  readonly children: readonly Digest[];
  readonly subject: Digest | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, unknown>> | undefined;
}

export type ReadManifest =
  | { readonly ok: true; readonly manifest: ManifestText }
  | { readonly ok: false; readonly why: string };

/** Reads a manifest that lies in the storage, whoever put it there; `why` says what is wrong with it. */
export function manifestText(bytes: Uint8Array): ReadManifest {
  let json: unknown;
  try {
    json = parseBoundedJson(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
  return readManifestJson(json);
}

/** Reads a manifest that was parsed: an object, of a kind that registries keep. */
export function readManifestJson(json: unknown): ReadManifest {
  if (!isRecord(json)) return { ok: false, why: 'it is not an object' };
  const mediaType = typeOf(json);
  if (mediaType === undefined) return { ok: false, why: 'it is of no kind that a registry keeps' };
  const subject = json.subject === undefined || json.subject === null ? undefined : digestIn(json.subject);
  if (subject === 'none') return { ok: false, why: '"subject" has no digest' };
  const common = { mediaType, subject, annotations: isRecord(json.annotations) ? json.annotations : undefined };
  const named = typeof json.artifactType === 'string' && json.artifactType !== '' ? json.artifactType : undefined;
  if (isSchema1Type(mediaType)) {
    return { ok: true, manifest: { ...common, blobs: [], children: [], artifactType: undefined } };
  }
  if (isIndexType(mediaType)) {
    // Programs in Go write an empty list as null.
    const children = digestsIn(json.manifests ?? [], isManifestType);
    const blobs = digestsIn(json.manifests ?? [], (type) => !isManifestType(type));
    return children === undefined || blobs === undefined
      ? { ok: false, why: '"manifests" is no list of descriptors' }
      : { ok: true, manifest: { ...common, blobs, children, artifactType: named } };
  }
  const config = digestIn(json.config);
  const layers = digestsIn(json.layers ?? [], (type) => !isForeignLayer(type));
  if (config === 'none' || layers === undefined) {
    return { ok: false, why: '"config" or "layers" is no descriptor with a digest' };
  }
  const configType = isRecord(json.config) && typeof json.config.mediaType === 'string' ? json.config.mediaType : '';
  return {
    ok: true,
    manifest: { ...common, blobs: [config, ...layers], children: [], artifactType: named ?? configType },
  };
}

/** Types of manifests that docker-registry keeps as well: what it couldn't read must not come into its tree. */
const kept: readonly unknown[] = [
  mediaTypes.ociManifest,
  mediaTypes.ociIndex,
  mediaTypes.dockerManifest,
  mediaTypes.dockerList,
];

function typeOf(json: Readonly<Record<string, unknown>>): string | undefined {
  const { mediaType } = json;
  if (json.schemaVersion === 1) {
    return json.signatures === undefined ? mediaTypes.dockerSchema1 : mediaTypes.dockerSchema1Signed;
  }
  if (json.schemaVersion !== 2) return undefined;
  if (typeof mediaType === 'string' && mediaType !== '') return kept.includes(mediaType) ? mediaType : undefined;
  // OCI's may leave it out (image-spec, manifest.md).
  if (json.manifests !== undefined) return json.config === undefined ? mediaTypes.ociIndex : undefined;
  return json.config === undefined ? undefined : mediaTypes.ociManifest;
}

function digestsIn(list: unknown, wanted: (mediaType: string) => boolean): Digest[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const digests: Digest[] = [];
  for (const descriptor of list) {
    const digest = digestIn(descriptor);
    if (digest === 'none') return undefined;
    if (wanted(isRecord(descriptor) ? String(descriptor.mediaType ?? '') : '')) digests.push(digest);
  }
  return digests;
}

function digestIn(descriptor: unknown): Digest | 'none' {
  if (!isRecord(descriptor) || typeof descriptor.digest !== 'string' || !isDigest(descriptor.digest)) return 'none';
  return descriptor.digest;
}
