import { isRecord } from '../../model/is-record.js';
import { ContentReader } from '../../registry/admin/content-reader.js';
import { createdOf } from '../../registry/admin/created-of.js';
import type { Registry } from '../../registry/client/registry.js';
import type { Digest } from '../../registry/digest.js';
import { type Descriptor, type Manifest, platformText, readManifest } from '../../registry/manifest.js';
import { RegistryError } from '../../registry/registry-error.js';
import { labelRows } from '../store/label-rows.js';
import type { ManifestLabelRow, ManifestPartRow, ManifestRow } from '../store/tables.js';
import type { ImageIndex } from './image-index.js';

/** Bytes of labels and annotations of one manifest that are kept. */
const mostText = 64 * 1024;

/**
 * Reads the manifests of a registry that the index has not read yet, and those that they lead to. One that can't be read is
 * written down as such, and not asked for again. @returns how many were read
 */
export async function readNewManifests(
  index: ImageIndex,
  name: string,
  registry: Registry,
  complain: (message: string) => void,
): Promise<number> {
  const reader = new ContentReader(registry);
  let count = 0;
  for (;;) {
    const some = await index.unread(name, 100);
    if (some.length === 0) return count;
    for (const { digest, repository } of some) {
      await keep(index, name, repository, await describe(registry, reader, repository, digest as Digest, complain));
      count += 1;
    }
  }
}

/** Content of a manifest, as the index keeps it. */
interface Described {
  readonly row: ManifestRow;
  readonly parts: readonly ManifestPartRow[];
  readonly labels: readonly ManifestLabelRow[];
}

async function describe(
  registry: Registry,
  reader: ContentReader,
  repository: string,
  digest: Digest,
  complain: (message: string) => void,
): Promise<Described> {
  const raw = await reader.named(repository, digest);
  const bare = bareRow(digest, raw?.mediaType ?? '', raw?.bytes.length ?? 0);
  if (raw === undefined) return { row: bare, parts: [], labels: [] };
  let manifest: Manifest;
  try {
    manifest = readManifest(raw, `${repository}@${digest}`);
  } catch (error) {
    complain(`${registry.host}/${repository}@${digest} stays without details: ${String(error)}`);
    return { row: bare, parts: [], labels: [] };
  }
  const config = manifest.kind === 'image' ? await unlessBroken(reader.config(repository, manifest.config)) : undefined;
  const created = await unlessBroken(createdOf(repository, digest, reader));
  const parts = partsOf(digest, manifest);
  const { os, architecture } = config ?? {};
  const labels = labelsOf(config?.config);
  return {
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

async function keep(
  { database: { db } }: ImageIndex,
  registry: string,
  repository: string,
  { row, parts, labels }: Described,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('manifests')
      .values(row)
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .execute();
    for (const part of parts) {
      await transaction
        .insertInto('manifest_parts')
        .values(part)
        .onConflict((conflict) => conflict.columns(['manifest', 'position']).doNothing())
        .execute();
    }
    if (labels.length > 0) {
      await transaction
        .insertInto('manifest_labels')
        .values(labels)
        .onConflict((conflict) => conflict.columns(['manifest', 'name']).doNothing())
        .execute();
    }
    // Parts of an index are pushed by digest: where that was not told, they are in the repository all the same.
    const home = await transaction
      .selectFrom('repositories')
      .innerJoin('repository_manifests', 'repository_manifests.repository_id', 'repositories.id')
      .select(['repositories.id', 'repository_manifests.pushed_at', 'repository_manifests.pushed_by'])
      .where('registry', '=', registry)
      .where('name', '=', repository)
      .where('repository_manifests.digest', '=', row.digest)
      .executeTakeFirst();
    if (home === undefined) return;
    for (const { digest, kind } of parts) {
      if (kind !== 'manifest') continue;
      await transaction
        .insertInto('repository_manifests')
        .values({ repository_id: home.id, digest, pushed_at: home.pushed_at, pushed_by: home.pushed_by })
        .onConflict((conflict) => conflict.columns(['repository_id', 'digest']).doNothing())
        .execute();
    }
  });
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
  }));
}

function labelsOf(config: unknown): Readonly<Record<string, unknown>> {
  return isRecord(config) && isRecord(config.Labels) ? config.Labels : {};
}

function bounded(texts: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(texts);
  return json.length > mostText ? '{}' : json;
}
