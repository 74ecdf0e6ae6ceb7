import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { readRegistries } from '../../library/registries/read-registries.js';
import { type ManagedRegistry, registriesPath } from '../../library/registries/registries-file.js';
import type { VisibilityRule } from '../access/rights/decide.js';
import { notFound, Problem } from '../problem.js';

/** Registry of `registries.yaml`, with its host. */
export interface FoundRegistry {
  readonly host: string;
  readonly entry: ManagedRegistry;
}

/** Registries of the file beside the site, as it is at the moment: people edit it too. */
export class ManagedRegistries {
  readonly #folder: string | undefined;
  readonly #read: typeof readRegistries;
  #known: { readonly stamp: string; readonly registries: readonly FoundRegistry[] } | undefined;
  /** Error of the file as it is now; empty: none. What it had before goes on. */
  problem = '';

  private constructor(folder: string | undefined, read: typeof readRegistries) {
    this.#folder = folder;
    this.#read = read;
  }

  /** Opens those beside a site. @param site its file; undefined: there is none, and nothing that reads files is loaded */
  static async open(site: string | undefined): Promise<ManagedRegistries> {
    if (site === undefined) return new ManagedRegistries(undefined, () => []);
    const { readRegistries: read } = await import('../../library/registries/read-registries.js');
    return new ManagedRegistries(dirname(site), read);
  }

  list(): readonly FoundRegistry[] {
    if (this.#folder === undefined) return [];
    const stamp = stampOf(registriesPath(this.#folder));
    if (this.#known?.stamp === stamp) return this.#known.registries;
    const diagnostics = new Diagnostics();
    const read = this.#read(this.#folder, diagnostics, undefined, 'change');
    const [error] = diagnostics.all;
    this.problem = error === undefined ? '' : `registries.yaml:${error.place?.line ?? 1}: ${error.message}`;
    const registries =
      error === undefined
        ? (read ?? []).flatMap(({ host, registries: all }) => all.map((entry) => ({ host, entry })))
        : (this.#known?.registries ?? []);
    this.#known = { stamp, registries };
    return registries;
  }

  /** Returns the time at which the file was last changed; 0: there is none. */
  changedAt(): number {
    const path = this.#folder === undefined ? undefined : registriesPath(this.#folder);
    return path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  }

  find(name: string): FoundRegistry | undefined {
    return this.list().find(({ entry }) => entry.name === name);
  }

  /** @throws Problem where there is none, or the file can't be read */
  get(name: string): FoundRegistry {
    const found = this.find(name);
    if (found === undefined) throw notFound(`registry ${name}`);
    this.requireReadable();
    return found;
  }

  /** @throws Problem where the file has errors: nothing is changed by what may be old */
  requireReadable(): void {
    this.list();
    if (this.problem !== '') throw new Problem('conflict', `${this.problem}. Mend it first`);
  }
}

/** Returns how visible the repositories of registries are that say so. */
export function visibilitiesOf(registries: ManagedRegistries): VisibilityRule[] {
  return registries
    .list()
    .flatMap(({ entry: { name: registry, visibility } }) =>
      visibility === undefined ? [] : [{ registry, path: '', visibility }],
    );
}

/** Returns the entity tag of a registry: another whenever its entry is. */
export function registryTag({ host, entry }: FoundRegistry): string {
  const text = JSON.stringify([host, Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.mtimeMs} ${found.size} ${found.ino}`;
}
