import { z } from 'zod';
import { isRecord } from '../model/is-record.js';
import { parseBoundedJson, tryBoundedJson } from './bounded-json.js';
import { type Digest, digestOf, isDigest } from './digest.js';
import { failFastList, objectWithoutNulls, parseShape } from './json-shape.js';
import {
  bareMediaType,
  isIndexType,
  isManifestType,
  isMediaType,
  isSchema1Type,
  mediaTypes,
  vagueTypes,
} from './media-types.js';
import { RegistryError } from './registry-error.js';

/** Bytes of a manifest, as they stand in the registry: they are moved as they are, else the digest would change. */
export interface RawManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

const digestSchema = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'not a digest');

/** Go writes an empty one where none was given. Parameters of a type say nothing here. */
const mediaTypeSchema = z
  .string()
  .transform((text) => text.split(';', 1)[0]?.trim() ?? '')
  .refine((text) => text === '' || isMediaType(text), 'not a media type');

/** Annotations. One error is made of any number of wrong ones. */
const textsByName = z
  .custom<Record<string, string | null>>(
    (value) => isRecord(value) && Object.values(value).every((text) => text === null || typeof text === 'string'),
    'not texts by name',
  )
  .transform((texts) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text ?? ''])));

const platformSchema = objectWithoutNulls({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  'os.version': z.string().optional(),
});

const descriptorSchema = objectWithoutNulls({
  mediaType: mediaTypeSchema.default(''),
  digest: digestSchema,
  size: z.number().int().nonnegative(),
  platform: platformSchema.optional().catch(undefined),
  annotations: textsByName.optional().catch(undefined),
  artifactType: mediaTypeSchema.optional(),
  urls: failFastList(z.string()).optional(),
});

/** Pointer at a blob or a manifest (image-spec, descriptor.md). `size` is in bytes. */
export type Descriptor = z.output<typeof descriptorSchema>;
export type Platform = z.output<typeof platformSchema>;

/** A manifest that was understood: what it needs to be there before it. */
export type Manifest =
  | {
      readonly kind: 'image';
      readonly mediaType: string;
      readonly artifactType: string | undefined;
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
      readonly subject: Descriptor | undefined;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'index';
      readonly mediaType: string;
      readonly artifactType: string | undefined;
      readonly manifests: readonly Descriptor[];
      /** Descriptors of what is no manifest: the layers of a cache, all of an OCI artifact manifest. */
      readonly blobs: readonly Descriptor[];
      readonly subject: Descriptor | undefined;
      readonly annotations: Readonly<Record<string, string>>;
    };

/** Programs in Go write null for an empty list. */
const body = z.object({
  schemaVersion: z.number().nullish(),
  mediaType: mediaTypeSchema.nullish(),
  artifactType: mediaTypeSchema.nullish(),
  config: descriptorSchema.nullish(),
  layers: failFastList(descriptorSchema).nullish(),
  manifests: failFastList(descriptorSchema).nullish(),
  blobs: failFastList(descriptorSchema).nullish(),
  subject: descriptorSchema.nullish(),
  annotations: textsByName.nullish(),
});

/** Indexes within indexes deeper than this are nobody's images. */
const deepestIndex = 8;
/** Manifests, or layers, that one manifest names at most: a large index has some fifty. */
const mostNamed = 10_000;

/** Refuses a walk down too many indexes within indexes. @param depth 0 for what a tag names @throws RegistryError `corrupt` */
export function checkDepth(depth: number, where: string): void {
  if (depth > deepestIndex) throw new RegistryError('corrupt', `${where}: indexes within indexes without end`);
}

/**
 * Reads a manifest. `where` names it in errors.
 * @throws RegistryError `unsupported` for schema 1, `corrupt` for what is no manifest
 */
export function readManifest(raw: RawManifest, where: string): Manifest {
  const parsed = parseShape(body, jsonOf(raw, where));
  if (isSchema1Type(raw.mediaType) || ('data' in parsed && parsed.data.schemaVersion === 1)) {
    throw new RegistryError('unsupported', `${where} is a Docker image of schema 1, an obsolete format`, {
      hint: 'pull it with an older docker, push it again, which writes schema 2, and list that one',
    });
  }
  if ('wrong' in parsed) throw new RegistryError('corrupt', `${where}: not a manifest: ${parsed.wrong}`);
  const { config, layers, manifests, blobs } = parsed.data;
  const artifactType = parsed.data.artifactType || undefined;
  const subject = parsed.data.subject ?? undefined;
  const annotations = parsed.data.annotations ?? {};
  if (Math.max(layers?.length ?? 0, manifests?.length ?? 0, blobs?.length ?? 0) > mostNamed)
    throw new RegistryError('corrupt', `${where}: a manifest that names more than ${mostNamed} others`);
  const mediaType = parsed.data.mediaType || raw.mediaType;
  if (isIndexType(mediaType) || (manifests !== undefined && !config)) {
    if (manifests === undefined) throw new RegistryError('corrupt', `${where}: an index without "manifests"`);
    const children = (manifests ?? []).filter((child) => isManifestType(child.mediaType));
    const others = (manifests ?? []).filter((child) => !isManifestType(child.mediaType));
    return { kind: 'index', mediaType, artifactType, manifests: children, blobs: others, subject, annotations };
  }
  // application/vnd.oci.artifact.manifest.v1+json, which image-spec had until its release: some signatures are still such.
  if (!config && blobs) return { kind: 'index', mediaType, artifactType, manifests: [], blobs, subject, annotations };
  if (!config) throw new RegistryError('corrupt', `${where}: a manifest of type ${mediaType} without "config"`);
  return { kind: 'image', mediaType, artifactType, config, layers: layers ?? [], subject, annotations };
}

/**
 * Reads the descriptors of an index that lists what there is, such as referrers: each stands for itself, and a wrong one is
 * given apart. None where it is no index.
 * @throws RegistryError `corrupt` when it is no JSON
 */
export function readDescriptors(
  raw: RawManifest,
  where: string,
): { readonly descriptors: Descriptor[]; readonly wrong: unknown[] } {
  const parsed = z.object({ manifests: z.array(z.unknown()).nullish() }).safeParse(jsonOf(raw, where));
  const descriptors: Descriptor[] = [];
  const wrong: unknown[] = [];
  for (const each of (parsed.success ? parsed.data.manifests : undefined) ?? []) {
    const descriptor = parseShape(descriptorSchema, each);
    if ('data' in descriptor) descriptors.push(descriptor.data);
    else wrong.push(each);
  }
  return { descriptors, wrong };
}

function jsonOf({ bytes }: RawManifest, where: string): unknown {
  try {
    return parseBoundedJson(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new RegistryError(
      'corrupt',
      `${where}: the manifest is no JSON that can be read (${(error as Error).message})`,
    );
  }
}

/**
 * Makes a raw manifest of bytes: its digest is computed here, its type taken from the bytes where they state it. OCI's
 * need not: then it is that of Content-Type, or else follows from what the manifest has.
 */
export function rawManifest(bytes: Uint8Array, contentType?: string): RawManifest {
  const json = tryBoundedJson(Buffer.from(bytes).toString('utf8')); // No JSON: readManifest says so with its place.
  const fields = isRecord(json) ? json : {};
  const stated = bareMediaType(contentType ?? '');
  const isVague = stated === undefined || vagueTypes.includes(stated) || stated.startsWith('text/');
  const mediaType =
    typeof fields.mediaType === 'string' && isMediaType(fields.mediaType)
      ? fields.mediaType
      : ((isVague ? typeByFields(fields) : undefined) ?? stated ?? mediaTypes.dockerManifest);
  return { digest: digestOf(bytes), mediaType, bytes };
}

function typeByFields({ schemaVersion, manifests, config }: Readonly<Record<string, unknown>>): string | undefined {
  if (schemaVersion !== 2) return undefined;
  if (isRecord(config)) return mediaTypes.ociManifest;
  return manifests === undefined ? undefined : mediaTypes.ociIndex;
}

/** Lists the blobs that a manifest names: configuration and layers of an image, what is no manifest in an index. */
export function blobsIn(manifest: Manifest): readonly Descriptor[] {
  return manifest.kind === 'index' ? manifest.blobs : [manifest.config, ...manifest.layers];
}

/** `linux/arm64/v8` */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])].join('/');
}
