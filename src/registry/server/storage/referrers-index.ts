import { readdir, stat } from 'node:fs/promises';
import { type Digest, isDigest } from '../../digest.js';
import { readContent } from './content.js';
import { unlessMissing } from './files.js';
import type { Layout } from './layout.js';
import { readLink } from './links.js';
import { manifestText } from './manifest-text.js';
import { plainSize } from './plain-file.js';

/** Manifest that refers to another, as the list of referrers describes it (distribution-spec end-12a). */
export interface Referrer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

interface RepositoryIndex {
  /** Manifests that were read: what they refer to can't change. */
  readonly read: Set<Digest>;
  readonly bySubject: Map<Digest, Referrer[]>;
  /** sha256 of those that were pushed by their sha512: they are listed as they were pushed, once. */
  readonly twins: Set<Digest>;
  /** Time of the folders of manifests when nothing was new in them; undefined: look again. */
  seen: string | undefined;
}

/** A folder changed so lately that a further change may bear the same time, in milliseconds. */
const unsettled = 2000;

/**
 * Index of the manifests that refer to another. It is not in the storage: all manifests are read at the first question,
 * and new ones at later ones. So the index follows what docker-registry writes, deletes or collects in the same tree.
 */
export class ReferrersIndex {
  readonly #repositories = new Map<string, RepositoryIndex>();
  readonly #updates = new Map<string, Promise<RepositoryIndex>>();

  readonly #layout: Layout;
  readonly #most: number;

  /** @param most bytes of a manifest: what is larger refers to nothing */
  constructor(layout: Layout, most: number) {
    this.#layout = layout;
    this.#most = most;
  }

  async find(name: string, subject: Digest): Promise<Referrer[]> {
    const { bySubject, twins } = await this.#update(name);
    const all = (bySubject.get(subject) ?? []).filter(({ digest }) => !twins.has(digest));
    const there = await Promise.all(
      all.map(async ({ digest }) => ((await plainSize(this.#layout.revisionLink(name, digest))) ?? 0) > 0),
    );
    return all.filter((_, at) => there[at]);
  }

  async #update(name: string): Promise<RepositoryIndex> {
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

  async #look(name: string): Promise<RepositoryIndex> {
    const indexed = this.#repositories.get(name) ?? {
      read: new Set(),
      bySubject: new Map(),
      twins: new Set(),
      seen: undefined,
    };
    const [seen, settled] = await this.#times(name);
    if (settled && seen === indexed.seen) return indexed;
    let complete = settled;
    for (const digest of await this.#revisions(name)) {
      if (!indexed.read.has(digest) && !(await this.#add(name, digest, indexed))) complete = false;
    }
    indexed.seen = complete ? seen : undefined;
    if (indexed.read.size > 0) this.#repositories.set(name, indexed);
    return indexed;
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
   * Adds a manifest; false when it isn't there. docker-registry leaves the folder of a deleted one, and may fill it
   * again.
   */
  async #add(name: string, digest: Digest, { read, bySubject, twins }: RepositoryIndex): Promise<boolean> {
    const sha256 = await readLink(this.#layout.revisionLink(name, digest));
    const bytes = sha256 === undefined ? undefined : await readContent(this.#layout, sha256, this.#most);
    if (sha256 === undefined || bytes === undefined) return false;
    read.add(digest);
    if (sha256 !== digest) twins.add(sha256);
    const text = manifestText(bytes);
    if (!text.ok || text.manifest.subject === undefined) return true;
    const { mediaType, subject, artifactType, annotations } = text.manifest;
    const referrer = {
      mediaType,
      digest,
      size: bytes.length,
      ...(artifactType === undefined || artifactType === '' ? {} : { artifactType }),
      ...(annotations === undefined ? {} : { annotations }),
    };
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), referrer]);
    return true;
  }
}
