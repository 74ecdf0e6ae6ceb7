import type { z } from 'zod';
import { referrersTag } from '../../../registry/attached-tags.js';
import { isDigest } from '../../../registry/digest.js';
import type { referrerSchema } from '../../schemas/image-details.js';
import type { ManifestPartRow } from '../../store/tables.js';
import type { ImageIndex } from '../image-index.js';
import { isAttestationPart } from '../lists/tag-figures.js';
import { referrerKind } from './referrer-kinds.js';

export type AttachedManifest = z.output<typeof referrerSchema>;

/** Referrers that are listed at most. */
const most = 500;
/** Endings of cosign's tags. */
const suffixes = ['sig', 'att', 'sbom'] as const;

/**
 * Lists what is about an image in its repository: manifests that name it as their subject, those of cosign's tags, and
 * attestations that an index has of it. Of an index, all that it has of its images.
 * @param parts of the image
 */
export async function listReferrers(
  { database: { db } }: ImageIndex,
  repositoryId: string,
  digest: string,
  parts: readonly ManifestPartRow[],
): Promise<AttachedManifest[]> {
  const bySubject = await db
    .selectFrom('manifests')
    .innerJoin('repository_manifests', 'repository_manifests.digest', 'manifests.digest')
    .select(['manifests.digest', 'artifact_type', 'total_size', 'annotations'])
    .where('subject', '=', digest)
    .where('repository_id', '=', repositoryId)
    .limit(most)
    .execute();
  const start = isDigest(digest) ? referrersTag(digest) : digest;
  const byTag = await db
    .selectFrom('tags')
    .leftJoin('manifests', 'manifests.digest', 'tags.digest')
    .select(['tags.name', 'tags.digest', 'artifact_type', 'total_size', 'annotations'])
    .where('repository_id', '=', repositoryId)
    .where(
      'tags.name',
      'in',
      suffixes.map((suffix) => `${start}.${suffix}`),
    )
    .execute();
  const inIndexes = await db
    .selectFrom('manifest_parts as part')
    .innerJoin('repository_manifests as held', 'held.digest', 'part.manifest')
    .leftJoin('manifests as m', 'm.digest', 'part.digest')
    .select(['part.digest', 'part.size', 'part.reference_digest', 'm.artifact_type', 'm.total_size', 'm.annotations'])
    .distinct()
    .where('held.repository_id', '=', repositoryId)
    .where('part.reference_digest', '=', digest)
    .limit(most)
    .execute();
  const found: AttachedManifest[] = [
    ...bySubject.map((row) => referrer(row.digest, digest, 'subject', row)),
    ...byTag.map((row) => referrer(row.digest, digest, 'tag', row, row.name.split('.').at(-1))),
    ...inIndexes.map((row) => referrer(row.digest, digest, 'index', row, 'att')),
    ...parts
      .filter(isAttestationPart)
      .map((part) =>
        referrer(
          part.digest,
          part.reference_digest === '' ? digest : part.reference_digest,
          'index',
          { artifact_type: '', total_size: part.size, annotations: '{}' },
          'att',
        ),
      ),
  ];
  return [...new Map(found.map((each) => [each.digest, each])).values()].slice(0, most);
}

function referrer(
  digest: string,
  about: string,
  via: AttachedManifest['via'],
  {
    artifact_type: type,
    total_size: bytes,
    annotations,
  }: { readonly artifact_type: string | null; readonly total_size: number | null; readonly annotations: string | null },
  suffix?: string,
): AttachedManifest {
  return {
    digest,
    about,
    via,
    kind: referrerKind(type ?? '', suffix),
    artifactType: type ?? '',
    bytes: bytes ?? 0,
    annotations: JSON.parse(annotations ?? '{}') as Record<string, unknown>,
  };
}
