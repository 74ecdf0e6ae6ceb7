import { randomUUID } from 'node:crypto';
import type { RawManifest } from '../../../registry/manifest.js';
import type { Database } from '../../store/database.js';
import type { KeptManifestRow, RemovalRow } from '../../store/tables.js';

const day = 24 * 3_600_000;

/** Deletion, before it is kept. */
export interface NewRemoval
  extends Pick<RemovalRow, 'registry' | 'repository' | 'digest' | 'kind' | 'actor' | 'holder' | 'bytes'> {
  readonly tags: readonly string[];
  /** In the order in which they are put back, with their own tags: `sha256-….sig`. */
  readonly manifests: readonly (RawManifest & { readonly tags: readonly string[] })[];
}

/** Deletions that can be undone, with the bytes of their manifests. */
export class KeptImages {
  readonly database: Database;
  /** Milliseconds for which they are kept; 0: not at all. */
  readonly duration: number;

  /** @param days for which what was deleted is kept */
  constructor(database: Database, days: number) {
    this.database = database;
    this.duration = days * day;
  }

  /** Keeps a deletion. @returns the time until when it can be undone */
  async add({ manifests, tags, ...removal }: NewRemoval, now = Date.now()): Promise<number> {
    const id = randomUUID();
    const until = now + this.duration;
    await this.database.db.transaction().execute(async (db) => {
      await db
        .insertInto('removals')
        .values({ ...removal, id, tags: JSON.stringify(tags), at: now, until })
        .execute();
      for (const [position, manifest] of manifests.entries()) {
        const row: KeptManifestRow = {
          removal: id,
          position,
          digest: manifest.digest,
          media_type: manifest.mediaType,
          content: Buffer.from(manifest.bytes).toString('base64'),
          tags: JSON.stringify(manifest.tags),
        };
        await db.insertInto('kept_manifests').values(row).execute();
      }
    });
    return until;
  }

  /** Lists what can be brought back of a repository, the newest first, those behind a time and an identifier. */
  async list(
    registry: string,
    repository: string,
    limit: number,
    after?: { readonly at: number; readonly id: string },
  ): Promise<(RemovalRow & { readonly media_type: string })[]> {
    let rows = this.database.db
      .selectFrom('removals')
      .innerJoin('kept_manifests as root', (join) =>
        join.onRef('root.removal', '=', 'removals.id').onRef('root.digest', '=', 'removals.digest'),
      )
      .selectAll('removals')
      .select('root.media_type')
      .where('registry', '=', registry)
      .where('repository', '=', repository)
      .where('until', '>', Date.now())
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after !== undefined) {
      rows = rows.where(({ eb, or, and }) =>
        or([eb('at', '<', after.at), and([eb('at', '=', after.at), eb('id', '<', after.id)])]),
      );
    }
    return await rows.execute();
  }

  /** Finds the latest deletion of a tag, or of an image with whatever tags; undefined: there is none any more. */
  async find(
    { registry, repository }: Pick<RemovalRow, 'registry' | 'repository'>,
    { tag, digest }: { readonly tag?: string | undefined; readonly digest?: string | undefined },
  ): Promise<RemovalRow | undefined> {
    let rows = this.database.db
      .selectFrom('removals')
      .selectAll()
      .where('registry', '=', registry)
      .where('repository', '=', repository)
      .where('until', '>', Date.now())
      .orderBy('at', 'desc')
      .orderBy('id', 'desc');
    if (digest !== undefined) rows = rows.where('digest', '=', digest);
    for (const row of await rows.execute()) if (tag === undefined || tagsIn(row).includes(tag)) return row;
    return undefined;
  }

  /** Reads the manifests of a deletion, in the order in which they are put back. */
  async manifests(removal: string): Promise<KeptManifestRow[]> {
    return await this.database.db
      .selectFrom('kept_manifests')
      .selectAll()
      .where('removal', '=', removal)
      .orderBy('position')
      .execute();
  }

  /** Writes that tags of a deletion are there again. @returns true where none is left, and it is forgotten */
  async restored(row: RemovalRow, tags: readonly string[]): Promise<boolean> {
    const left = tagsIn(row).filter((tag) => !tags.includes(tag));
    if (left.length === 0) {
      await this.forget(row.id);
      return true;
    }
    await this.database.db
      .updateTable('removals')
      .set({ tags: JSON.stringify(left) })
      .where('id', '=', row.id)
      .execute();
    return false;
  }

  async forget(id: string): Promise<void> {
    await this.database.db.deleteFrom('removals').where('id', '=', id).execute();
  }

  /** Reads deletions whose time is over. */
  async expired(limit: number, now = Date.now()): Promise<RemovalRow[]> {
    return await this.database.db
      .selectFrom('removals')
      .selectAll()
      .where('until', '<=', now)
      .orderBy('until')
      .limit(limit)
      .execute();
  }
}

/** Returns the tags that a deletion took, and that are not there again. */
export function tagsIn({ tags }: Pick<RemovalRow, 'tags'>): string[] {
  return JSON.parse(tags) as string[];
}
