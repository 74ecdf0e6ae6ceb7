import { readdir, stat } from 'node:fs/promises';
import { type Digest, isDigest } from '../../digest.js';
import { unlessMissing } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { plainSize } from '../storage/plain-file.js';
import { ReferrerTexts, typeKey } from './referrer-texts.js';
import { RepositoryReferrers } from './repository-referrers.js';

/** A folder changed so lately that a further change may bear the same time, in milliseconds. */
const unsettled = 2000;

/** Bytes of a page: what clients read of a list at most. */
const pageSize = 4 << 20;

/** Referrers that are looked for beside each other. */
const atOnce = 64;

/** Manifests that are remembered, of all repositories; those asked about least lately are read anew when they are asked about. */
const mostManifests = 200_000;

/** Part of the list of referrers: their descriptors, as JSON. */
export interface ReferrersPage {
  readonly descriptors: readonly Buffer[];
  /** The last one shown, where more follow. */
  readonly last: Digest | undefined;
}

/**
 * Index of the manifests that refer to another. It is not in the storage: all manifests are read at the first question,
 * and new ones at later ones. So the index follows what docker-registry writes, deletes or collects in the same tree.
 */
export class ReferrersIndex {
  readonly #repositories = new Map<string, RepositoryReferrers>();
  readonly #updates = new Map<string, Promise<RepositoryReferrers>>();
  readonly #unreadable = new Set<string>();

  readonly #layout: Layout;
  readonly #texts: ReferrerTexts;
  readonly #complain: (message: string) => void;

  /** @param most bytes of a manifest: what is larger refers to nothing */
  constructor(layout: Layout, most: number, complain: (message: string) => void) {
    this.#layout = layout;
    this.#texts = new ReferrerTexts(layout, most);
    this.#complain = complain;
  }

  /** Lists what refers to a manifest, in the order of digests and from behind `last` on. */
  async page(name: string, subject: Digest, artifactType: string | null, last: string): Promise<ReferrersPage> {
    const wanted = (await this.#update(name)).of(subject, artifactType === null ? undefined : typeKey(artifactType));
    const descriptors: Buffer[] = [];
    let size = 0;
    let shown: Digest | undefined;
    const behind = wanted.filter(({ digest }) => digest > last);
    for (let at = 0; at < behind.length; at += atOnce) {
      const some = behind.slice(at, at + atOnce);
      const there = await Promise.all(some.map(({ digest }) => this.#isThere(name, digest)));
      for (const [index, { digest, length }] of some.entries()) {
        if (there[index] !== true) continue;
        if (descriptors.length > 0 && size + length > pageSize) return { descriptors, last: shown };
        const text = await this.#texts.read(name, digest);
        if (text === undefined) continue;
        descriptors.push(text);
        size += text.length + 1;
        shown = digest;
      }
    }
    return { descriptors, last: undefined };
  }

  async #isThere(name: string, digest: Digest): Promise<boolean> {
    return ((await plainSize(this.#layout.revisionLink(name, digest))) ?? 0) > 0;
  }

  async #update(name: string): Promise<RepositoryReferrers> {
    // A look that has begun may have missed what was written since: wait for it, then look again.
    await this.#updates.get(name);
    const looking = this.#updates.get(name) ?? this.#look(name);
    this.#updates.set(name, looking);
    try {
      return await looking;
    } finally {
      if (this.#updates.get(name) === looking) this.#updates.delete(name);
    }
  }

  async #look(name: string): Promise<RepositoryReferrers> {
    const indexed = this.#repositories.get(name) ?? new RepositoryReferrers();
    const [seen, settled] = await this.#times(name);
    if (settled && seen === indexed.seen) return indexed;
    let complete = settled;
    const revisions = await this.#revisions(name);
    indexed.keepOnly(new Set(revisions));
    for (const digest of revisions) {
      if (!indexed.knows(digest) && !(await this.#add(name, digest, indexed))) complete = false;
    }
    indexed.seen = complete ? seen : undefined;
    this.#remember(name, indexed);
    return indexed;
  }

  #remember(name: string, indexed: RepositoryReferrers): void {
    this.#repositories.delete(name);
    if (indexed.size > 0) this.#repositories.set(name, indexed);
    let count = 0;
    for (const { size } of this.#repositories.values()) count += size;
    for (const [oldest, { size }] of this.#repositories) {
      if (count <= mostManifests || oldest === name) break;
      this.#repositories.delete(oldest);
      count -= size;
    }
  }

  async #times(name: string): Promise<[seen: string, settled: boolean]> {
    const times = await Promise.all(
      ['sha256', 'sha512'].map(
        async (algorithm) => (await unlessMissing(stat(`${this.#layout.revisions(name)}/${algorithm}`)))?.mtimeMs ?? 0,
      ),
    );
    return [times.join(' '), Math.max(...times) < Date.now() - unsettled];
  }

  async #revisions(name: string): Promise<Digest[]> {
    const digests: Digest[] = [];
    for (const algorithm of ['sha256', 'sha512']) {
      for (const hex of (await unlessMissing(readdir(`${this.#layout.revisions(name)}/${algorithm}`))) ?? []) {
        const digest = `${algorithm}:${hex}`;
        if (isDigest(digest)) digests.push(digest);
      }
    }
    return digests;
  }

  /**
   * Adds a manifest; false when it isn't there, or can't be read: then the others are listed all the same.
   * docker-registry leaves the folder of a deleted one, and may fill it again.
   */
  async #add(name: string, digest: Digest, indexed: RepositoryReferrers): Promise<boolean> {
    const key = `${name}@${digest}`;
    try {
      const described = await this.#texts.describe(name, digest);
      this.#unreadable.delete(key);
      if (described === undefined) return false;
      indexed.add(digest, described);
      return true;
    } catch (error) {
      if (!this.#unreadable.has(key))
        this.#complain(`the manifest ${key} is not listed as a referrer: ${String(error)}`);
      this.#unreadable.add(key);
      return false;
    }
  }
}
