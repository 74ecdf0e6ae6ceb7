import { type Expression, type RawBuilder, sql } from 'kysely';
import type { DatabaseKind } from '../../store/database.js';
import type { LabelTerm, SearchPattern } from './index-query.js';
import { beginsWith, isPlatform, matches } from './matches.js';

type Condition = RawBuilder<boolean>;
type Digest = Expression<unknown>;

/** Makes the condition that something holds of an image, or of one that it names as an index. */
export function ofImage(digest: Digest, condition: (manifest: Digest) => Condition): Condition {
  const child = sql.ref('child.digest');
  return sql<boolean>`(${condition(digest)} or exists (select 1 from manifest_parts as child
    where child.manifest = ${digest} and child.kind = 'manifest' and ${condition(child)}))`;
}

/** Makes the condition that a manifest has a digest, or names what has. */
export function isContent(manifest: Digest, start: string): Condition {
  return sql<boolean>`(${beginsWith(manifest, start)} or exists (select 1 from manifest_parts as part
    where part.manifest = ${manifest} and ${beginsWith(sql.ref('part.digest'), start)}))`;
}

/** Makes the condition that a manifest has a label. */
export function hasLabel(kind: DatabaseKind, manifest: Digest, term: LabelTerm): Condition {
  return sql<boolean>`exists (select 1 from manifest_labels as l where l.manifest = ${manifest} and ${isLabel(kind, term)})`;
}

/** Makes the condition that a row of `manifest_labels as l` is a label. */
export function isLabel(kind: DatabaseKind, { name, value }: LabelTerm): Condition {
  const isNamed = sql<boolean>`l.name = ${name}`;
  return value === undefined ? isNamed : sql<boolean>`${isNamed} and ${matches(kind, sql.ref('l.value'), value)}`;
}

/** Makes the condition that a manifest is of a platform. */
export function hasPlatform(kind: DatabaseKind, manifest: Digest, term: SearchPattern): Condition {
  return sql<boolean>`exists (select 1 from manifests as p where p.digest = ${manifest}
    and ${isPlatform(kind, sql.ref('p.platform'), term)})`;
}

/** Makes the condition that an index of a repository names an image. */
export function isInIndexOf(repository: Digest, digest: Digest): Condition {
  return sql<boolean>`exists (select 1 from manifest_parts as named
    join repository_manifests as holder on holder.digest = named.manifest
    where named.digest = ${digest} and named.kind = 'manifest' and holder.repository_id = ${repository})`;
}
