import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Resource } from '../../model/resource.js';
import type { EditedText } from '../content/edit-line.js';
import { editedFile } from '../content/edited-file.js';
import type { PathState } from '../path/path-state.js';
import { isDefaultFlag, sameValue } from './docker-flags.js';
import { flagEntry, sysconfigFlags, type WantedFlag, withoutFlags } from './sysconfig-text.js';

const params = z.strictObject({
  path: z.string().describe('The file'),
  flags: z.array(z.strictObject({ name: z.string(), value: z.string() })).describe('Options, without dashes'),
});

/** Options of dockerd that an earlier run added and the site no longer names: they are gone, from its next start on. */
export const sysconfig_flags = defineResource({
  kind: 'sysconfig_flags',
  summary: 'Options of dockerd that an earlier run added are gone',
  params,
  create: ({ path, flags }): Resource<PathState> => {
    const file = editedFile(
      'sysconfig_flags',
      { path, create: false, backup: true, force: false, needs: [] },
      {
        absent: true,
        edit: (text) => {
          const edited = withoutFlags(text, flags);
          if (typeof edited === 'string' || edited.text === text) return edited;
          return { ...edited, summary: 'removed, which docker takes over when it is restarted' };
        },
      },
    );
    return { ...file, staging: 'skip' };
  },
});

/** Returns the flags that a text lacks, or has with other values, each with its removal from the file. */
export function flagEntries(
  text: string,
  flags: readonly WantedFlag[],
  path: string,
): Pick<EditedText, 'adds' | 'updates'> {
  const found = sysconfigFlags(text);
  const present = typeof found === 'string' ? [] : found;
  const entries = flags
    .filter((flag) => !isDefaultFlag(flag))
    .map(({ name, value }) => ({
      name: flagEntry({ name, value }),
      same: present.some((flag) => flag.name === name && sameValue(name, flag.value, value)),
      removal: { kind: 'sysconfig_flags', params: { path, flags: [{ name, value }] }, notifies: true, isOfList: true },
    }));
  const names = present.map(flagEntry);
  return {
    adds: entries.filter(({ name, same }) => !same && !names.includes(name)),
    updates: entries.filter(({ name, same }) => !same && names.includes(name)),
  };
}
