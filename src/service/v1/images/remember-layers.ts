import type { Database } from '../../store/database.js';

/** Chains that are known to be written, so that it is not done at each look. */
const written = new WeakMap<Database, Set<string>>();
const mostKnown = 10_000;
const atOnce = 200;

/**
 * Writes which manifest has which layers by their ids, once a client has been told of them: an id alone does not say.
 * @param chains ids of each image, the lowest first
 */
export async function rememberLayers(
  database: Database,
  chains: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const known = written.get(database) ?? new Set<string>();
  written.set(database, known);
  const rows = [...chains]
    .filter((each) => !known.has(keyOf(each)))
    .flatMap(([manifest, ids]) => ids.slice(0, -1).map((id) => ({ id, manifest })));
  for (let at = 0; at < rows.length; at += atOnce) {
    await database.db
      .insertInto('v1_layers')
      .values(rows.slice(at, at + atOnce))
      .onConflict((conflict) => conflict.columns(['id', 'manifest']).doNothing())
      .execute();
  }
  if (known.size + chains.size > mostKnown) known.clear();
  for (const each of chains) known.add(keyOf(each));
}

/** Names a chain: it is longer once the manifest was read. */
function keyOf([manifest, ids]: readonly [string, readonly string[]]): string {
  return `${manifest} ${ids.length}`;
}
