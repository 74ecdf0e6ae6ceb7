import type { Digest } from '../../digest.js';
import type { LinkedContent, linkedContent } from './linked-content.js';
import { PrefixUsage } from './prefix-usage.js';

/** Bytes that the repositories of a prefix may have. */
export interface PrefixQuota {
  /** `team/app`; `team/`: all below it; `**`: all. */
  readonly prefix: string;
  readonly bytes: number;
}

type Change = (usage: PrefixUsage) => void;

/**
 * A quota with what is used of it, kept in memory: counted at the first question, kept right by pushes and deletes of
 * this server, and counted anew now and then, since others may write to the folder.
 */
export class CountedQuota {
  #usage: PrefixUsage | undefined;
  #counted = Number.NEGATIVE_INFINITY;
  #counting: Promise<PrefixUsage> | undefined;
  /** Changes since the count under way began. */
  #changes: Change[] = [];
  /** Content that is being written: no count sees all of its links yet. */
  readonly #pending = new Set<LinkedContent>();

  readonly #list: () => AsyncIterable<LinkedContent>;

  constructor(
    readonly quota: PrefixQuota,
    list: (prefix: string) => ReturnType<typeof linkedContent>,
  ) {
    this.#list = () => list(quota.prefix);
  }

  /** Bytes that are used; undefined until they were counted. */
  get used(): number | undefined {
    return this.#usage?.bytes;
  }

  /** Returns true where content fits, by what was counted. */
  hasRoom({ sha256, size }: LinkedContent): boolean {
    const usage = this.#usage;
    return usage !== undefined && (usage.has(sha256) || usage.bytes + size <= this.quota.bytes);
  }

  /** Returns what is used, counted at most `age` milliseconds ago. */
  async usage(age = Number.POSITIVE_INFINITY): Promise<PrefixUsage> {
    if (this.#usage !== undefined && performance.now() - this.#counted <= age) return this.#usage;
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    return await this.#counting;
  }

  /** Adds what is about to be written. False where it is counted already. */
  begin(content: LinkedContent): boolean {
    this.#pending.add(content);
    let isNew = false;
    this.#change((usage) => {
      isNew = usage.add(content) || isNew;
    });
    return isNew;
  }

  end(content: LinkedContent): void {
    this.#pending.delete(content);
  }

  remove(name: string, sha256: Digest): void {
    this.#change((usage) => usage.remove(name, sha256));
  }

  #change(change: Change): void {
    if (this.#counting !== undefined) this.#changes.push(change);
    if (this.#usage !== undefined) change(this.#usage);
  }

  async #count(): Promise<PrefixUsage> {
    this.#changes = [];
    const usage = new PrefixUsage();
    const pending = [...this.#pending];
    for await (const content of this.#list()) usage.add(content);
    for (const content of pending) usage.add(content);
    for (const change of this.#changes) change(usage);
    this.#changes = [];
    this.#usage = usage;
    this.#counted = performance.now();
    return usage;
  }
}
