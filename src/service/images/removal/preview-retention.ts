import { sql } from 'kysely';
import type { z } from 'zod';
import { type DatedTags, judgeTags, type RetainedTag } from '../../../registry/admin/judge-tags.js';
import { type Digest, isDigest } from '../../../registry/digest.js';
import { matcherOf, parsePattern } from '../../../registry/lists/pattern.js';
import type { retentionRules } from '../../schemas/jobs.js';
import type { ChangedPlace } from '../at-registry.js';
import type { ImageIndex } from '../image-index.js';
import { freedBytes } from './freed-bytes.js';
import { goneOf } from './image-remover.js';
import { readGraph } from './repository-graph.js';
import { whatGoes } from './what-goes.js';

/** Tags of a repository that rules would keep and delete. */
export interface RetentionJudgement {
  readonly repository: string;
  readonly keep: readonly RetainedTag[];
  readonly remove: readonly RetainedTag[];
  /** Nothing goes: no tag would be left. */
  readonly skipped: boolean;
  readonly bytes: number;
}

/** Judges the tags of a repository as a job of retention would, by the index alone. */
export async function previewRetention(
  index: ImageIndex,
  place: ChangedPlace,
  rules: z.output<typeof retentionRules>,
  now = Date.now(),
): Promise<RetentionJudgement> {
  const graph = await readGraph(index, place.id);
  const tags = new Map<string, Digest>();
  for (const [tag, digest] of graph.tags) if (isDigest(digest)) tags.set(tag, digest);
  const children = new Map<Digest, Digest[]>();
  for (const [digest, parts] of graph.children) if (isDigest(digest)) children.set(digest, parts.filter(isDigest));
  const dated: DatedTags = { repository: place.name, tags, children, dates: await datesOf(index, place.id) };
  const tests = (texts: readonly string[]) =>
    texts.flatMap((text) => {
      const pattern = parsePattern(text);
      return 'error' in pattern ? [] : [matcherOf(pattern)]; // The schema has refused it.
    });
  const { newest, youngerThan } = rules;
  const judging = { newest, youngerThan, keeps: tests(rules.keep), denies: tests(rules.deny) };
  const { keep, remove, manifests, emptied } = judgeTags(dated, judging, now);
  const skipped = emptied && !rules.allowEmpty;
  const goneTags = new Set(remove.map(({ tag }) => tag));
  const going = skipped ? [] : goneOf(whatGoes(graph, manifests, goneTags));
  return {
    repository: place.name,
    keep,
    remove,
    skipped,
    bytes: await freedBytes(index, place, [...new Set(going)]),
  };
}

/** Returns the dates of a repository's images, as they say themselves. */
async function datesOf({ database: { db } }: ImageIndex, repositoryId: string): Promise<Map<Digest, string>> {
  const { rows } = await sql<{ digest: string; created_at: number }>`
    select distinct m.digest, m.created_at from tags join manifests as m on m.digest = tags.digest
    where tags.repository_id = ${repositoryId} and m.created_at is not null
      and tags.name not like 'sha256-%' and tags.name not like 'sha512-%'`.execute(db);
  return new Map(
    rows.flatMap(({ digest, created_at: at }) => (isDigest(digest) ? [[digest, new Date(at).toISOString()]] : [])),
  );
}
