import type { Digest } from '../../digest.js';
import type { LinkedContent } from './linked-content.js';

/** Content of the repositories of a prefix: each digest once, however many of them have it. */
export class PrefixUsage {
  readonly #entries = new Map<Digest, { readonly size: number; readonly names: Set<string> }>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  has(sha256: Digest): boolean {
    return this.#entries.has(sha256);
  }

  /** Adds a link. False where it is there. */
  add({ name, sha256, size }: LinkedContent): boolean {
    const entry = this.#entries.get(sha256);
    if (entry === undefined) {
      this.#entries.set(sha256, { size, names: new Set([name]) });
      this.#bytes += size;
      return true;
    }
    if (entry.names.has(name)) return false;
    entry.names.add(name);
    return true;
  }

  /** Takes a link away, and the content with its last one. */
  remove(name: string, sha256: Digest): void {
    const entry = this.#entries.get(sha256);
    if (entry === undefined || !entry.names.delete(name) || entry.names.size > 0) return;
    this.#entries.delete(sha256);
    this.#bytes -= entry.size;
  }
}
