import type { WantedImages } from '../../src/index.js';
import { inputError } from './input-error.js';

/**
 * Divides a list by the registries that its images come from: those that it names, else the upstream.
 * @throws InputError where an entry names none and there is no upstream, or two registries have an image for one name
 */
export function bySource(upstream: string | undefined, list: readonly WantedImages[]): Map<string, WantedImages[]> {
  const bare = upstream?.replace(/^https?:\/\//, '');
  const sources = new Map<string, WantedImages[]>();
  for (const entry of list) {
    const from = entry.source === undefined || entry.source === bare ? upstream : entry.source;
    if (from === undefined)
      throw inputError(
        `image_sync_upstream is not set, and the list names no registry for ${entry.target}`,
        'set image_sync_upstream, or write the registry before the name',
        entry,
      );
    const entries = sources.get(from) ?? [];
    entries.push({ ...entry, source: undefined });
    sources.set(from, entries);
  }
  refuseRivals(sources);
  return sources;
}

/** @throws InputError where images of two registries have, or by patterns may have, one name at the target */
function refuseRivals(sources: ReadonlyMap<string, readonly WantedImages[]>): void {
  if (sources.size < 2) return;
  const known = new Map<string, Placed>();
  const catalogs: Placed[] = [];
  for (const [from, entries] of sources) {
    for (const entry of entries) {
      for (const name of namesAt(entry)) {
        const isOpen = name.endsWith(':*');
        const near = [known.get(name), known.get(`${entry.target}:*`), ...catalogs, ...(isOpen ? known.values() : [])];
        const rival = near.find((each) => each !== undefined && each.from !== from && mayMeet(each.entry, entry));
        if (rival !== undefined)
          throw inputError(
            `${entry.target} comes from ${rival.from} and from ${from}: one would take the place of the other in every run`,
            'give one of them another target',
            entry,
          );
        known.set(name, { from, entry });
      }
      if (typeof entry.repository !== 'string') catalogs.push({ from, entry });
    }
  }
}

/** Entry, and the registry that it comes from. */
interface Placed {
  readonly from: string;
  readonly entry: WantedImages;
}

/** Returns the names of an entry at the target; `*` stands for tags that patterns choose. */
function namesAt({ target, tags, patterns, repository }: WantedImages): string[] {
  const named = tags.map(({ tag, digest, targetTag = tag }) => `${target}:${targetTag ?? digest}`);
  return patterns !== undefined || typeof repository !== 'string' ? [...named, `${target}:*`] : named;
}

/** Returns true where repositories of two entries may be one: those of a catalogue may be any behind their beginning. */
function mayMeet(one: WantedImages, other: WantedImages): boolean {
  const [begin = '', ...rest] = one.target.split('{repository}');
  const [otherBegin = '', ...otherRest] = other.target.split('{repository}');
  if (rest.length === 0 && otherRest.length === 0) return one.target === other.target;
  return begin.startsWith(otherBegin) || otherBegin.startsWith(begin);
}

/** @throws InputError where images come from several registries: what comes from another would be pruned */
export function refuseToPrune(sources: readonly string[]): void {
  if (sources.length > 1)
    throw inputError(
      `image_sync_prune: the images come from ${sources.join(' and ')}, and what comes from one would be deleted for the other`,
      'use the role once for each registry, or leave out image_sync_prune',
    );
}
