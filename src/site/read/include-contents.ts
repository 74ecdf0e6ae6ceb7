import { Diagnostics, InputError } from '../../diagnostics/diagnostic.js';
import type { Contents, PlayEntry } from '../blueprint/blueprint.js';

/** Loads what an include comes to, each file or role once, also when that is wrong. */
export class IncludeContents implements Contents {
  readonly #read: (name: string, diagnostics: Diagnostics) => Promise<readonly PlayEntry[]>;
  readonly #loaded = new Map<string, readonly PlayEntry[] | InputError>();

  /** @param read collects what is wrong */
  constructor(read: (name: string, diagnostics: Diagnostics) => Promise<readonly PlayEntry[]>) {
    this.#read = read;
  }

  /** Takes up what was read already. */
  keep(name: string, entries: readonly PlayEntry[]): void {
    this.#loaded.set(name, entries);
  }

  of(name: string): readonly PlayEntry[] | undefined {
    const loaded = this.#loaded.get(name);
    return loaded instanceof InputError ? undefined : loaded;
  }

  async load(name: string): Promise<readonly PlayEntry[]> {
    const known = this.#loaded.get(name) ?? (await this.#first(name));
    this.#loaded.set(name, known);
    if (known instanceof InputError) throw known;
    return known;
  }

  all(): readonly PlayEntry[] {
    return [...this.#loaded.values()].flatMap((loaded) => (loaded instanceof InputError ? [] : loaded));
  }

  async #first(name: string): Promise<readonly PlayEntry[] | InputError> {
    const diagnostics = new Diagnostics();
    const entries = await this.#read(name, diagnostics);
    return diagnostics.all.length > 0 ? new InputError(diagnostics.all) : entries;
  }
}
