import { sql } from 'kysely';
import { referrersTag } from '../../../registry/attached-tags.js';
import { isDigest } from '../../../registry/digest.js';
import type { ManifestPartRow } from '../../store/tables.js';
import { signatureTypes } from '../attached/referrer-kinds.js';
import type { ImageIndex } from '../image-index.js';

/** Image of an index, or an image by itself. */
export interface PlatformImage {
  readonly platform: string;
  readonly digest: string;
  readonly bytes: number;
}

/** Figures that a row of tags shows beside the tag itself, by digest. */
export interface TagFigures {
  /** Images of each index, without attestations; nothing of what is no index. */
  readonly platforms: ReadonlyMap<string, readonly PlatformImage[]>;
  /** Count of the tags of each image. */
  readonly tags: ReadonlyMap<string, number>;
  readonly signed: ReadonlySet<string>;
}

/** Reads the figures of the tags of a page: three queries, whatever their number. */
export async function tagFigures(
  index: ImageIndex,
  repositoryId: string,
  digests: readonly string[],
): Promise<TagFigures> {
  const all = [...new Set(digests)];
  if (all.length === 0) return { platforms: new Map(), tags: new Map(), signed: new Set() };
  const [platforms, tags, signed] = await Promise.all([
    platformsOf(index, all),
    tagCounts(index, repositoryId, all),
    signedAmong(index, repositoryId, all),
  ]);
  return { platforms, tags, signed };
}

/** Returns true for a part of an index that is no image: BuildKit's attestation of another. */
export function isAttestationPart({
  reference_type: type,
  platform,
}: Pick<ManifestPartRow, 'reference_type' | 'platform'>): boolean {
  return type === 'attestation-manifest' || platform.startsWith('unknown/');
}

async function platformsOf(
  { database: { db } }: ImageIndex,
  digests: readonly string[],
): Promise<Map<string, PlatformImage[]>> {
  const rows = await db
    .selectFrom('manifest_parts as part')
    .leftJoin('manifests as child', 'child.digest', 'part.digest')
    .select(['part.manifest', 'part.digest', 'part.platform', 'part.size', 'part.reference_type'])
    .select(['child.platform as own_platform', 'child.whole_size'])
    .where('part.manifest', 'in', digests)
    .where('part.kind', '=', 'manifest')
    .orderBy('part.manifest')
    .orderBy('part.position')
    .execute();
  const found = new Map<string, PlatformImage[]>();
  for (const row of rows) {
    if (isAttestationPart(row)) continue;
    const images = found.get(row.manifest) ?? [];
    const platform = row.platform === '' ? (row.own_platform ?? '') : row.platform;
    images.push({ platform, digest: row.digest, bytes: row.whole_size ?? row.size });
    found.set(row.manifest, images);
  }
  return found;
}

async function tagCounts(
  { database: { db } }: ImageIndex,
  repositoryId: string,
  digests: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('tags')
    .select(['digest', ({ fn }) => fn.countAll<number>().as('count')])
    .where('repository_id', '=', repositoryId)
    .where('digest', 'in', digests)
    .groupBy('digest')
    .execute();
  return new Map(rows.map(({ digest, count }) => [digest, Number(count)]));
}

/** Returns the images that have a signature in a repository: by cosign's tag, or by a manifest that names them. */
export async function signedAmong(
  { database: { db } }: ImageIndex,
  repositoryId: string,
  digests: readonly string[],
): Promise<Set<string>> {
  const byTag = new Map(digests.filter(isDigest).map((digest) => [`${referrersTag(digest)}.sig`, digest]));
  const { rows } = await sql<{ found: string }>`
    select name as found from tags where repository_id = ${repositoryId} and name in (${sql.join([...byTag.keys()])})
    union all
    select m.subject as found from manifests as m
      join repository_manifests as r on r.digest = m.digest and r.repository_id = ${repositoryId}
      where m.subject in (${sql.join(digests)}) and m.artifact_type in (${sql.join(signatureTypes)})`.execute(db);
  return new Set(rows.map(({ found }) => byTag.get(found) ?? found));
}
