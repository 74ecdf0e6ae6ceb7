import { type Expression, type RawBuilder, sql } from 'kysely';
import type { DatabaseKind } from '../../store/database.js';
import type { SearchPattern } from './index-query.js';

type Reference = Expression<unknown>;

/** Makes the condition that a text matches a pattern; capitals count. */
export function matches(kind: DatabaseKind, text: Reference, pattern: SearchPattern): RawBuilder<boolean> {
  if (!pattern.includes('*')) return sql<boolean>`${text} = ${pattern}`;
  if (kind === 'postgres')
    return sql<boolean>`${text} like ${pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%')}`;
  const glob = pattern.replaceAll(/[[?]/g, '[$&]');
  const start = pattern.slice(0, pattern.indexOf('*'));
  // The range is what SQLite finds by an index.
  return start === ''
    ? sql<boolean>`${text} glob ${glob}`
    : sql<boolean>`${text} >= ${start} and ${text} < ${`${start}\u{10ffff}`} and ${text} glob ${glob}`;
}

/** Makes the condition that a text begins with another, a digest or the first letters of one. */
export function beginsWith(text: Reference, start: string): RawBuilder<boolean> {
  return sql<boolean>`${text} >= ${start} and ${text} < ${`${start}g`} and substr(${text}, 1, ${sql.lit(start.length)}) = ${start}`;
}

/** Makes the condition that a text holds another. */
export function holds(kind: DatabaseKind, text: Reference, inner: string): RawBuilder<boolean> {
  return kind === 'postgres' ? sql<boolean>`strpos(${text}, ${inner}) > 0` : sql<boolean>`instr(${text}, ${inner}) > 0`;
}

/** Makes the condition that a platform is the one of a term, or a variant of it. */
export function isPlatform(kind: DatabaseKind, text: Reference, term: SearchPattern): RawBuilder<boolean> {
  return sql<boolean>`(${matches(kind, text, term)} or ${matches(kind, text, `${term}/*`)})`;
}
