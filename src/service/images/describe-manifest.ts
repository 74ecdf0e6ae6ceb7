import { isRecord } from '../../model/is-record.js';
import type { ContentReader } from '../../registry/admin/content-reader.js';
import { createdOf } from '../../registry/admin/created-of.js';
import type { Registry } from '../../registry/client/registry.js';
import { type Digest, isDigest } from '../../registry/digest.js';
import { type Descriptor, type Manifest, platformText, readManifest } from '../../registry/manifest.js';
import { RegistryError } from '../../registry/registry-error.js';
import { labelRows } from '../store/label-rows.js';
import type { ImageConfigRow, ManifestLabelRow, ManifestPartRow, ManifestRow } from '../store/tables.js';
import { keptConfig } from './details/image-config.js';

/** Bytes of labels and annotations of one manifest that are kept. */
const mostText = 64 * 1024;

/** Content of a manifest, as the index keeps it. */
export interface IndexedManifest {
  readonly row: ManifestRow;
  readonly parts: readonly ManifestPartRow[];
  readonly labels: readonly ManifestLabelRow[];
  /** Undefined: it is no image. */
  readonly config: ImageConfigRow | undefined;
}

/**
 * Reads a manifest, and the configuration of an image. Of one that can't be read, nothing but its digest is known.
 * @throws RegistryError where the registry is away
 */
export async function describeManifest(
  registry: Registry,
  reader: ContentReader,
  repository: string,
  digest: Digest,
  complain: (message: string) => void,
): Promise<IndexedManifest> {
  const raw = await reader.named(repository, digest);
  const bare = bareRow(digest, raw?.mediaType ?? '', raw?.bytes.length ?? 0);
  if (raw === undefined) return { row: bare, parts: [], labels: [], config: undefined };
  let manifest: Manifest;
  try {
    manifest = readManifest(raw, `${repository}@${digest}`);
  } catch (error) {
    complain(`${registry.host}/${repository}@${digest} stays without details: ${String(error)}`);
    return { row: bare, parts: [], labels: [], config: undefined };
  }
  const config = manifest.kind === 'image' ? await unlessBroken(reader.config(repository, manifest.config)) : undefined;
  const created = await unlessBroken(createdOf(repository, digest, reader));
  const parts = partsOf(digest, manifest);
  const { os, architecture } = config ?? {};
  const labels = labelsOf(config?.config);
  return {
    config: config === undefined ? undefined : keptConfig(digest, config),
    labels: labelRows(digest, manifest.annotations, labels),
    row: {
      ...bare,
      artifact_type:
        manifest.artifactType ?? (manifest.kind === 'image' && config === undefined ? manifest.config.mediaType : ''),
      platform:
        os === undefined || architecture === undefined
          ? ''
          : platformText({ os, architecture, variant: config?.variant }),
      total_size: bare.size + sizeOf(parts),
      config_digest: manifest.kind === 'image' ? manifest.config.digest : null,
      subject: manifest.subject?.digest ?? null,
      created_at: created === undefined ? null : Date.parse(created),
      labels: bounded(labels),
      annotations: bounded(manifest.annotations),
    },
    parts,
  };
}

/** Returns what was read; undefined where it is not there or not what it should be, which stays so. */
async function unlessBroken<Value>(reading: Promise<Value | undefined>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    const isBroken = error instanceof RegistryError && ['not-found', 'corrupt', 'unsupported'].includes(error.kind);
    if (!isBroken) throw error;
    return undefined;
  }
}

/** Returns the bytes of parts, each content once. */
function sizeOf(parts: readonly ManifestPartRow[]): number {
  const sizes = new Map(parts.map((part) => [part.digest, part.size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function bareRow(digest: string, mediaType: string, size: number): ManifestRow {
  return {
    digest,
    media_type: mediaType,
    artifact_type: '',
    platform: '',
    size,
    total_size: size,
    whole_size: size,
    is_detailed: 1,
    config_digest: null,
    subject: null,
    created_at: null,
    labels: '{}',
    annotations: '{}',
  };
}

function partsOf(manifest: string, content: Manifest): ManifestPartRow[] {
  const part = (kind: ManifestPartRow['kind']) => (descriptor: Descriptor) => ({ kind, descriptor });
  const named =
    content.kind === 'image'
      ? [part('config')(content.config), ...content.layers.map(part('layer'))]
      : [...content.manifests.map(part('manifest')), ...content.blobs.map(part('layer'))];
  return named.map(({ kind, descriptor }, position) => ({
    manifest,
    position,
    kind,
    digest: descriptor.digest,
    media_type: descriptor.mediaType,
    platform: descriptor.platform ? platformText(descriptor.platform) : '',
    size: descriptor.size,
    ...referenceOf(descriptor),
  }));
}

/** Returns what a part says of itself as BuildKit writes it; a database takes no other text. */
function referenceOf({ annotations = {} }: Descriptor): Pick<ManifestPartRow, 'reference_type' | 'reference_digest'> {
  const { 'vnd.docker.reference.type': type = '', 'vnd.docker.reference.digest': digest = '' } = annotations;
  return {
    reference_type: /^[\w.-]{1,100}$/.test(type) ? type : '',
    reference_digest: isDigest(digest) ? digest : '',
  };
}

function labelsOf(config: unknown): Readonly<Record<string, unknown>> {
  return isRecord(config) && isRecord(config.Labels) ? config.Labels : {};
}

function bounded(texts: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(texts);
  return json.length > mostText ? '{}' : json;
}
