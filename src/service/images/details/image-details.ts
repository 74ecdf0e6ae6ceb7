import type { z } from 'zod';
import { shownTime, shownTimeOrNull } from '../../schemas/fields.js';
import type { imageSchema } from '../../schemas/image-details.js';
import type { ManifestPartRow, ManifestRow, RepositoryRow } from '../../store/tables.js';
import { listReferrers } from '../attached/list-referrers.js';
import { type ImageIndex, tagsLeadingTo } from '../image-index.js';
import { isAttestationPart, signedAmong } from '../lists/tag-figures.js';
import type { Viewer } from '../visible-repositories.js';
import { elsewhere } from './elsewhere.js';
import { keptConfigShape, keptHistoryShape } from './image-config.js';
import { joinHistory } from './image-history.js';
import { sharedLayers } from './shared-layers.js';

type ShownImage = z.output<typeof imageSchema>;

/** Reads all that the index knows of an image of a repository; undefined where it is not there. Other repositories are named as far as the viewer sees them. */
export async function imageDetails(
  index: ImageIndex,
  viewer: Viewer,
  repository: RepositoryRow,
  digest: string,
): Promise<ShownImage | undefined> {
  const { db } = index.database;
  const row = await db
    .selectFrom('repository_manifests')
    .innerJoin('manifests', 'manifests.digest', 'repository_manifests.digest')
    .leftJoin('image_configs', 'image_configs.manifest', 'manifests.digest')
    .selectAll('manifests')
    .select(['pushed_at', 'pushed_by', 'image_configs.config', 'image_configs.history', 'is_truncated'])
    .where('repository_id', '=', repository.id)
    .where('repository_manifests.digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const parts = await db
    .selectFrom('manifest_parts')
    .selectAll()
    .where('manifest', '=', digest)
    .orderBy('position')
    .execute();
  const layers = parts.filter(({ kind }) => kind === 'layer');
  const [tags, { parents }, referrers, signed, platforms, shared, alsoAt] = await Promise.all([
    tagsLeadingTo(db, repository.id, digest),
    index.useOf(repository.id, digest),
    listReferrers(index, repository.id, digest, parts),
    signedAmong(index, repository.id, [digest]),
    platformsOf(index, parts),
    sharedLayers(index, viewer, repository.id, layers),
    elsewhere(index, viewer, repository.id, digest),
  ]);
  const steps = joinHistory(keptHistoryShape.parse(JSON.parse(row.history ?? '[]')), layers);
  const madeBy = new Map(steps.map(({ layer, createdBy }) => [layer, createdBy]));
  return {
    digest,
    kind: kindOf(row, parts),
    mediaType: row.media_type,
    artifactType: row.artifact_type,
    platform: row.platform,
    bytes: row.whole_size,
    createdAt: shownTimeOrNull(row.created_at),
    pushedAt: shownTime(row.pushed_at),
    pushedBy: row.pushed_by,
    subject: row.subject,
    labels: JSON.parse(row.labels) as Record<string, unknown>,
    annotations: JSON.parse(row.annotations) as Record<string, unknown>,
    tags,
    parts: parts.map(({ kind, digest: named, media_type: mediaType, platform, size: bytes }) => ({
      kind,
      digest: named,
      mediaType,
      platform,
      bytes,
    })),
    platforms,
    config:
      row.config === null
        ? null
        : { ...keptConfigShape.parse(JSON.parse(row.config)), truncated: row.is_truncated === 1 },
    layers: layers.map((layer) => ({
      digest: layer.digest,
      mediaType: layer.media_type,
      bytes: layer.size,
      createdBy: madeBy.get(layer.digest) ?? '',
      ...(shared.get(layer.digest) ?? { sharedBy: 0, sharedWith: [] }),
    })),
    history: steps,
    partOf: parents,
    referrers,
    signed: signed.has(digest),
    alsoAt,
  };
}

function kindOf(
  { platform, config_digest: config }: ManifestRow,
  parts: readonly ManifestPartRow[],
): ShownImage['kind'] {
  if (parts.some(({ kind }) => kind === 'manifest')) return 'index';
  return config !== null && platform !== '' ? 'image' : 'artifact';
}

async function platformsOf(
  { database: { db } }: ImageIndex,
  parts: readonly ManifestPartRow[],
): Promise<ShownImage['platforms']> {
  const named = parts.filter(({ kind }) => kind === 'manifest');
  if (named.length === 0) return [];
  const rows = await db
    .selectFrom('manifests')
    .select(['digest', 'platform', 'whole_size', 'created_at'])
    .where(
      'digest',
      'in',
      named.map(({ digest }) => digest),
    )
    .execute();
  const known = new Map(rows.map((row) => [row.digest, row]));
  return named
    .filter((part) => !isAttestationPart(part))
    .map((part) => {
      const child = known.get(part.digest);
      return {
        platform: part.platform === '' ? (child?.platform ?? '') : part.platform,
        digest: part.digest,
        mediaType: part.media_type,
        bytes: child?.whole_size ?? part.size,
        createdAt: shownTimeOrNull(child?.created_at ?? null),
        attestations: named
          .filter((other) => isAttestationPart(other) && other.reference_digest === part.digest)
          .map(({ digest }) => digest),
      };
    });
}
