import { isDeepStrictEqual } from 'node:util';
import type { FoundRegistry } from '../registries/managed-registries.js';
import { shownEntry } from '../registries/registry-entry.js';

/** Returns the fields of a registry that its host has, as the API names them. */
export function wantedFields(found: FoundRegistry): Record<string, unknown> {
  const { port, version, storage, runtime, readOnly, delete: isDeletable, settings, leaving } = shownEntry(found);
  return { host: found.host, port, version, storage, runtime, readOnly, delete: isDeletable, settings, leaving };
}

/** Field of a registry that is not what its host was found to have. */
export interface FieldDifference {
  readonly field: string;
  readonly wanted: unknown;
  readonly measured: unknown;
}

/** Compares the fields of a registry. */
export function differenceOf(
  wanted: Readonly<Record<string, unknown>>,
  measured: Readonly<Record<string, unknown>>,
): FieldDifference[] {
  return Object.entries(wanted).flatMap(([field, value]) => {
    const found = measured[field] ?? null;
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), found)
      ? []
      : [{ field, wanted: value, measured: found }];
  });
}
