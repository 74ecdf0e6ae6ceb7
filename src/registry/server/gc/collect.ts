/*
 * Collection of garbage while requests are answered. What is removed: manifests without a tag (only where that is asked
 * for), links of a repository to blobs that none of its manifests names, content that no link and no manifest leads to,
 * and uploads that were given up.
 *
 * By default every manifest stays, with all that it names: whoever has its digest may pull it. Only a delete makes garbage.
 *
 * Nothing that an acknowledged push needs is lost, at whatever moment it comes:
 *
 * - A request that relies on a link or on content (HEAD, a mount, the end of an upload, a PUT of a manifest that names
 *   it) writes the time into that file, unless it bears one of the last minute (Uses). If the file is not there, the
 *   answer is that it isn't known, and the client pushes it.
 * - The collection removes files alone whose time is before its own beginning, less the grace time, which is at least
 *   ten times that minute. So a use that follows the beginning protects, however long the collection takes, and one
 *   before it protects for nine tenths of the grace time: as long as a push may take from its first HEAD to its manifest.
 * - Look and removal of a file are one step for this process: either the use is seen, or the request finds nothing. A use
 *   whose writing is under way counts (isClaimed). Another process may write the time between look and removal: the file
 *   is only moved aside then, its time is read again, and it is put back. Only if this process is killed between the two
 *   is the use of the other lost: that push is refused, and repeated.
 * - A manifest is kept after its blobs were found. Where the grace time is short, a collection could begin between the
 *   two, and see neither the manifest nor a use after its beginning: it waits for the requests that are there (settled).
 * - A manifest that is pushed while its repository was already looked at has renewed the links of all that it names, so
 *   these stay. A link that stays holds its content. A new link comes from an upload or a mount: both renew the content,
 *   or the link that it is mounted from.
 * - An index that is pushed again renews the manifests that it lists, but not what these list in turn. So manifests are
 *   deleted from the top: one that was used since keeps all that belongs to it (collect-repository.ts).
 * - A tag that rules don't keep is deleted like a link: one that was pushed since the beginning stays, with its manifest.
 * - What a pull-through cache hasn't used for long goes like a link: a pull renews the link of its manifest first.
 * - Links go before content. A process that is killed leaves content without a link, for the next collection, or files
 *   moved aside; never a link without content that something needs.
 *
 * Several servers of this program may write to one folder, and each may collect; their clocks must agree within minutes.
 * docker-registry records no uses: it must not write to the folder while it is collected.
 */
import { readdir, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UpkeepReport } from '../../client/registry.js';
import { type Digest, isDigest } from '../../digest.js';
import { StorageError, unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import type { Uses } from '../storage/uses.js';
import { removeWithin } from '../storage/within-storage.js';
import { countOldUploads, purgeUploads } from '../uploads/purge-uploads.js';
import { type CollectedRepository, collectRepository } from './collect-repository.js';
import { repositoryNames } from './repository-names.js';
import type { RetentionWishes } from './retain.js';
import { type Sweep, takeAway } from './take-away.js';

/** Options of {@link collect}. */
export interface CollectOptions {
  readonly layout: Layout;
  readonly uses: Uses;
  /** False: only find out what would be removed. */
  readonly apply: boolean;
  readonly deleteUntagged: boolean;
  readonly retain?: RetentionWishes | undefined;
  /** Milliseconds for which what was used stays. */
  readonly grace: number;
  /** Milliseconds after their last use in which manifests go, with their tags; undefined: they stay. */
  readonly unusedFor?: number | undefined;
  /** Bytes of a manifest at most. */
  readonly mostManifest: number;
  readonly complain: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Result of a collection, or of one that was only tried: what is, or would be, removed. A client reads a part of it. */
export interface CollectedGarbage extends UpkeepReport {
  readonly deleteUntagged: boolean;
  /** Seconds. */
  readonly grace: number;
  /** ISO 8601. */
  readonly began: string;
  readonly seconds: number;
  /** Repositories in which something was removed, or that were skipped; a thousand at most. */
  readonly repositories: readonly Omit<CollectedRepository, 'kept'>[];
  /** Blobs that are, or would be, removed; a thousand at most. */
  readonly digests: readonly Digest[];
}

const mostShown = 1000;

/** Age at which what was moved aside is what a killed process left, in milliseconds. */
const leftover = 3600_000;

/** Milliseconds that the clock of a file system may be behind. */
const clockSlack = 1000;

/** Collects garbage once. @throws Error when not all could be looked at: then the rest stays as it is */
export async function collect(options: CollectOptions): Promise<CollectedGarbage> {
  const { layout, uses, apply, deleteUntagged, retain, grace, unusedFor, mostManifest, complain, signal } = options;
  const began = Date.now();
  const sweep = {
    layout,
    uses,
    apply,
    deleteUntagged,
    retain,
    mostManifest,
    signal,
    cutoff: began - grace - clockSlack,
    expiry: unusedFor === undefined ? undefined : began - Math.max(grace, unusedFor) - clockSlack,
  };
  await uses.settled();
  if (apply) await removeLeftovers(layout);
  const held = new Set<Digest>();
  const all: CollectedRepository[] = [];
  const totals = { tags: 0, manifests: 0, links: 0, kept: 0, repositories: 0 };
  for await (const name of repositoryNames(layout)) {
    const collected = await collectRepository(sweep, name, held);
    totals.tags += collected.tags.length;
    totals.manifests += collected.manifests.length;
    totals.links += collected.links;
    totals.kept += collected.kept;
    totals.repositories += 1;
    if (collected.skipped !== undefined) complain(`${name} is not collected: ${collected.skipped}`);
    if (collected.skipped !== undefined || collected.links + collected.manifests.length + collected.tags.length > 0) {
      if (all.length < mostShown) all.push(shownOf(collected));
    }
  }
  const { removed, bytes, digests, kept } = await collectContents(sweep, held);
  const uploads = apply
    ? await purgeUploads(layout, Date.now(), complain)
    : await countOldUploads(layout, Date.now(), complain);
  if (uses.failure !== undefined) throw new StorageError(`uses of content cannot be recorded: ${uses.failure}`);
  return {
    applied: apply,
    deleteUntagged,
    grace: grace / 1000,
    began: new Date(began).toISOString(),
    seconds: (Date.now() - began) / 1000,
    tags: totals.tags,
    manifests: totals.manifests,
    links: totals.links,
    blobs: removed,
    bytes,
    uploads,
    kept: { repositories: totals.repositories, manifests: totals.kept, blobs: kept },
    repositories: all.map(({ kept: _kept, ...repository }) => repository),
    digests,
  };
}

function shownOf(collected: CollectedRepository): CollectedRepository {
  const { tags, manifests } = collected;
  return { ...collected, tags: tags.slice(0, mostShown), manifests: manifests.slice(0, mostShown) };
}

interface CollectedContents {
  readonly removed: number;
  readonly bytes: number;
  readonly digests: readonly Digest[];
  readonly kept: number;
}

/** Removes the content that nothing holds. */
async function collectContents(sweep: Sweep, held: ReadonlySet<Digest>): Promise<CollectedContents> {
  const { layout } = sweep;
  const digests: Digest[] = [];
  let [removed, bytes, kept] = [0, 0, 0];
  for (const start of (await unlessMissing(readdir(layout.contents))) ?? []) {
    sweep.signal.throwIfAborted();
    await nextTurn();
    for (const hex of (await unlessMissing(readdir(`${layout.contents}/${start}`))) ?? []) {
      const digest = `sha256:${hex}`;
      if (!isDigest(digest)) continue;
      const taken = held.has(digest)
        ? 'used'
        : await takeAway(sweep, `${layout.content(digest)}/data`, asideOf(layout));
      if (taken === 'used') kept += 1;
      if (typeof taken !== 'object') continue;
      removed += 1;
      bytes += taken.bytes;
      if (digests.length < mostShown) digests.push(digest);
    }
  }
  return { removed, bytes, digests, kept };
}

function asideOf(layout: Layout): string {
  return `${layout.own}/removed`;
}

async function removeLeftovers(layout: Layout): Promise<void> {
  for (const name of (await unlessMissing(readdir(asideOf(layout)))) ?? []) {
    const path = `${asideOf(layout)}/${name}`;
    const stats = await unlessMissing(stat(path));
    if (stats !== undefined && Date.now() - stats.ctimeMs > leftover) await removeWithin(layout, path);
  }
}
