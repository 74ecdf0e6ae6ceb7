import { type RawBuilder, sql } from 'kysely';
import { holds } from '../images/search/matches.js';
import { type Viewer, visibleRepositories } from '../images/visible-repositories.js';
import type { Database } from '../store/database.js';
import type { RepositoryRow } from '../store/tables.js';

/** Repository that was found by its name or description. */
export type V1RepositoryInPath = Pick<RepositoryRow, 'id' | 'name' | 'registry' | 'description'>;

/** Search for names. */
interface NameSearch {
  /** Text that a name or description holds, whatever its letters' case; empty: all are meant. */
  readonly text: string;
  /** Registries, the ones whose repositories count first where several have a name. */
  readonly among: readonly string[];
  /** Registry whose names come before all others. */
  readonly own: string | undefined;
}

/** Finds the names of repositories that the viewer may see, each once, by name. */
export async function findNames(
  database: Database,
  viewer: Viewer,
  { text, among, own }: NameSearch,
): Promise<V1RepositoryInPath[]> {
  const rank = new Map(
    [own, ...among].flatMap((name, at) => (name === undefined ? [] : [[name, at] as const])).toReversed(),
  );
  const known = new Set(among);
  const found = new Map<string, V1RepositoryInPath>();
  for await (const some of visibleRepositories(database, viewer, { conditions: conditions(database, text) })) {
    for (const { id, name, registry, description } of some) {
      const other = found.get(name);
      const isBetter = other === undefined || (rank.get(registry) ?? 0) < (rank.get(other.registry) ?? 0);
      if (known.has(registry) && isBetter) found.set(name, { id, name, registry, description });
    }
  }
  const all = [...found.values()];
  return [...all.filter(({ registry }) => registry === own), ...all.filter(({ registry }) => registry !== own)];
}

function conditions({ kind }: Database, text: string): RawBuilder<boolean>[] {
  if (text === '') return [];
  const inner = text.toLowerCase();
  const has = (column: string) => holds(kind, sql`lower(${sql.ref(column)})`, inner);
  return [sql<boolean>`(${has('repositories.name')} or ${has('repositories.description')})`];
}
