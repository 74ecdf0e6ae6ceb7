import type { Digest } from '../../digest.js';
import type { DescribedManifest } from './referrer-texts.js';

/** Manifest that refers to another; its descriptor is elsewhere. */
export interface Referrer {
  readonly digest: Digest;
  readonly type: string | undefined;
  /** Bytes of its descriptor. */
  readonly length: number;
}

/** The manifests of a repository that were read, by what they refer to: that can't change. */
export class RepositoryReferrers {
  readonly #subjects = new Map<Digest, Digest | undefined>();
  readonly #bySubject = new Map<Digest, Referrer[]>();
  readonly #unsorted = new Set<Digest>();
  /** sha256 of those that were pushed by their sha512, by that: they are listed as they were pushed, once. */
  readonly #twins = new Map<Digest, Digest>();
  /** Time of the folders of manifests when nothing was new in them; undefined: look again. */
  seen: string | undefined;

  get size(): number {
    return this.#subjects.size;
  }

  knows(digest: Digest): boolean {
    return this.#subjects.has(digest);
  }

  add(digest: Digest, { sha256, subject, type, descriptor }: DescribedManifest): void {
    this.#subjects.set(digest, subject);
    if (sha256 !== digest) this.#twins.set(digest, sha256);
    if (subject === undefined) return;
    const referrers = this.#bySubject.get(subject) ?? [];
    referrers.push({ digest, type, length: descriptor.length });
    this.#bySubject.set(subject, referrers);
    this.#unsorted.add(subject);
  }

  /** Forgets the manifests that are not among those of the storage. */
  keepOnly(there: ReadonlySet<Digest>): void {
    const changed = new Set<Digest>();
    for (const [digest, subject] of this.#subjects) {
      if (there.has(digest)) continue;
      this.#subjects.delete(digest);
      this.#twins.delete(digest);
      if (subject !== undefined) changed.add(subject);
    }
    for (const subject of changed) {
      const left = (this.#bySubject.get(subject) ?? []).filter(({ digest }) => there.has(digest));
      if (left.length === 0) this.#bySubject.delete(subject);
      else this.#bySubject.set(subject, left);
    }
  }

  /** Lists the referrers of a manifest by their digests, all or those of a type. */
  of(subject: Digest, type: string | undefined): Referrer[] {
    const all = this.#bySubject.get(subject) ?? [];
    if (this.#unsorted.delete(subject)) all.sort((a, b) => (a.digest < b.digest ? -1 : 1));
    const twins = new Set(this.#twins.values());
    return all.filter((referrer) => !twins.has(referrer.digest) && (type === undefined || referrer.type === type));
  }
}
