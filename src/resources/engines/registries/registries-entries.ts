import { z } from 'zod';
import { defineResource } from '../../../model/define-resource.js';
import type { Resource } from '../../../model/resource.js';
import type { AddedEntry } from '../../content/edit-line.js';
import { editedFile } from '../../content/edited-file.js';
import type { PathState } from '../../path/path-state.js';
import { documentIn, type RegistryTable, registryEntries, withoutRegistryEntry } from './registries-text.js';

const params = z.strictObject({
  path: z.string().describe('The file'),
  registry: z.string().describe('Prefix of the table'),
  mirror: z.string().optional().describe('One of its mirrors; default: the whole table'),
});

/** Registry, or a mirror of one, that an earlier run added and the site no longer names: it is gone. */
export const registries_entry = defineResource({
  kind: 'registries_entry',
  summary: 'A registry or mirror that an earlier run added is gone',
  params,
  create: ({ path, ...entry }): Resource<PathState> => {
    const file = editedFile(
      'registries_entry',
      { path, create: false, backup: true, force: false, needs: [] },
      { absent: true, edit: (text) => withoutRegistryEntry(text, entry) },
    );
    return { ...file, staging: 'skip' };
  },
});

/** Returns the entries that a text lacks, each with its removal from the file. */
export function addedRegistries(text: string, tables: readonly RegistryTable[], path: string): AddedEntry[] {
  const found = documentIn(text);
  const present = registryEntries(typeof found === 'string' ? [] : found.registry).map(({ name }) => name);
  return registryEntries(tables).flatMap(({ name, ...entry }) =>
    present.includes(name)
      ? []
      : [{ name, removal: { kind: 'registries_entry', params: { path, ...entry }, isOfList: true } }],
  );
}
