import { stat } from 'node:fs/promises';
import { BoundedMap } from '../bounded-map.js';
import { unlessMissing } from './files.js';
import type { Layout } from './layout.js';
import { listTags } from './tags.js';

/** A folder changed so lately that a further change may bear the same time, in milliseconds. */
const unsettled = 2000;

/** Tags that are remembered, of all repositories. */
const mostTags = 500_000;

type Tags = readonly string[] | undefined;

interface KnownTags {
  /** Time of the folder's last change, in nanoseconds. */
  readonly changed: bigint;
  readonly tags: readonly string[];
}

/**
 * Lists of tags by repository, in order. A list is kept while its folder doesn't change, whoever writes to it: a client
 * that walks it by pages would have all of it read and sorted for each page.
 */
export class TagLists {
  readonly #known = new BoundedMap<string, KnownTags>(mostTags, ({ tags }) => tags.length + 1);
  readonly #looks = new Map<string, Promise<Tags>>();
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Returns the tags of a repository; undefined when there is no such repository. */
  async of(name: string): Promise<Tags> {
    // A look that has begun may have missed what was written since: wait for it, then look again, all who waited at once.
    await this.#looks.get(name);
    const looking = this.#looks.get(name) ?? this.#look(name);
    this.#looks.set(name, looking);
    try {
      return await looking;
    } finally {
      if (this.#looks.get(name) === looking) this.#looks.delete(name);
    }
  }

  async #look(name: string): Promise<Tags> {
    const changed = (await unlessMissing(stat(this.#layout.tags(name), { bigint: true })))?.mtimeNs;
    const known = this.#known.get(name);
    if (known !== undefined && known.changed === changed) return known.tags;
    const tags = await listTags(this.#layout, name);
    const isSettled = changed !== undefined && changed / 1_000_000n < BigInt(Date.now() - unsettled);
    if (isSettled && tags !== undefined) this.#known.set(name, { changed, tags });
    return tags;
  }
}

/** Returns the entries of a sorted list behind a text, `most` at most. */
export function entriesBehind(sorted: readonly string[], last: string, most: number): readonly string[] {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? '') > last) to = middle;
    else from = middle + 1;
  }
  return sorted.slice(from, from + most);
}
