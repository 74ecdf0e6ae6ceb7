import type { Registry } from '../../registry/client/registry.js';
import type { ReplicaTagRow } from '../store/tables.js';

/** Bounds of one look at a replica. */
export interface ReplicaBounds {
  /** Repositories whose tags are listed. */
  readonly listings: number;
  /** Tags that are asked for. */
  readonly heads: number;
}

/** Tag of the writer, as the index has it. */
export interface WrittenTag {
  readonly digest: string;
  readonly pushedAt: number;
}

/** Tags of a registry by repository and name. */
export type WrittenTags = ReadonlyMap<string, ReadonlyMap<string, WrittenTag>>;

/** Tag of a replica that is not as the writer has it. */
export type ReplicaDifference = Pick<ReplicaTagRow, 'repository' | 'tag' | 'problem' | 'wanted' | 'found'>;

/** Result of a look at a replica. */
export interface ReplicaLook {
  readonly differences: readonly ReplicaDifference[];
  /** Returns true for a tag that was looked at: what is not among the differences agrees. */
  readonly hasLooked: (repository: string, tag: string) => boolean;
  readonly isComplete: boolean;
}

/**
 * Compares a replica with what the writer has: a listing a repository, a HEAD a tag, so many of them at most. What was pushed last
 * and what differed before is asked for first, of the rest another part each time.
 * @param turn number of the look
 * @throws RegistryError where the replica can't be asked
 */
export async function compareReplica(
  replica: Pick<Registry, 'repositories' | 'tags' | 'head'>,
  written: WrittenTags,
  { bounds, turn, doubtful }: { readonly bounds: ReplicaBounds; readonly turn: number; readonly doubtful: WrittenKeys },
): Promise<ReplicaLook> {
  const differences: ReplicaDifference[] = [];
  const looked = new Set<string>();
  const add = (difference: ReplicaDifference) => {
    looked.add(keyOfTag(difference.repository, difference.tag));
    differences.push(difference);
  };
  const listed = new Set(await replica.repositories());
  const all = [...new Set([...written.keys(), ...listed])].sort();
  const repositories = partOf(all, bounds.listings, turn);
  const common: { readonly repository: string; readonly tag: string; readonly at: WrittenTag }[] = [];
  for (const repository of repositories) {
    const wanted = written.get(repository) ?? new Map<string, WrittenTag>();
    const found = new Set(listed.has(repository) ? await replica.tags(repository) : []);
    for (const tag of found) {
      if (!wanted.has(tag)) add({ repository, tag, problem: 'extra', wanted: null, found: null });
    }
    for (const [tag, at] of wanted) {
      if (found.has(tag)) common.push({ repository, tag, at });
      else add({ repository, tag, problem: 'missing', wanted: at.digest, found: null });
    }
  }
  const isDoubtful = ({ repository, tag }: (typeof common)[number]) => doubtful.has(keyOfTag(repository, tag));
  const first = common.filter(isDoubtful);
  const others = common.filter((each) => !isDoubtful(each));
  const asked = [...first.slice(0, bounds.heads), ...partOf(others, Math.max(0, bounds.heads - first.length), turn)];
  await Promise.all(
    asked.map(async ({ repository, tag, at }) => {
      const head = await replica.head(repository, tag);
      looked.add(keyOfTag(repository, tag));
      if (head?.digest === at.digest) return;
      const problem = head === undefined ? 'missing' : 'other';
      add({ repository, tag, problem, wanted: at.digest, found: head?.digest ?? null });
    }),
  );
  const isComplete = repositories.length === all.length && asked.length === common.length;
  return { differences, hasLooked: (repository, tag) => looked.has(keyOfTag(repository, tag)), isComplete };
}

/** Keys of tags, by {@link keyOfTag}. */
export type WrittenKeys = ReadonlySet<string>;

/** Returns the key of a tag: neither part of it has a blank. */
export function keyOfTag(repository: string, tag: string): string {
  return `${repository} ${tag}`;
}

/** Returns a part of a list, another one each turn, until all of it had its turn. */
function partOf<Item>(items: readonly Item[], most: number, turn: number): readonly Item[] {
  if (items.length <= most) return items;
  if (most === 0) return [];
  const from = (turn % Math.ceil(items.length / most)) * most;
  return items.slice(from, from + most);
}
