import type { TrustingRegistries, TrustingRegistry } from '../tokens/registries.js';
import type { ManagedRegistries } from './managed-registries.js';
import { shownEntry } from './registry-entry.js';

/** Returns the registries that trust the service: configured ones, and those of `registries.yaml` that say so. */
export function withManaged(
  configured: () => readonly TrustingRegistry[],
  managed: ManagedRegistries,
): TrustingRegistries {
  const list = () => {
    const known = configured();
    const names = new Set(known.map(({ name }) => name));
    const others = managed
      .list()
      .filter(({ entry }) => entry.trusted === true && entry.state !== 'absent' && !names.has(entry.name))
      .map((found): TrustingRegistry => {
        const { name, address: host, readOnly: isReadOnly } = shownEntry(found);
        const { kind, upstream } = found.entry;
        return { name, host, isReadOnly, kind, upstream };
      });
    return [...known, ...others];
  };
  return { list, find: (name) => list().find((each) => each.name === name) };
}
