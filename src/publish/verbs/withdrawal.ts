import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../../registry/registry-error.js';
import type { ObjectStore } from '../stores/object-store.js';
import { isEmpty, type WithdrawalNote } from './withdrawal-note.js';

/** Options of a withdrawal in any layout. */
export interface WithdrawalOptions {
  readonly store: ObjectStore;
  /** Tags to withdraw; undefined: all; none: only what an interrupted withdrawal left. */
  readonly tags: readonly string[] | undefined;
  /** Milliseconds for which redirects that were given still lead to the content. */
  readonly wait: number;
  /** Called when the wait begins. */
  readonly waits?: () => void;
  /** true: what would be deleted is returned, and nothing is. */
  readonly isDryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Refuses tags that are neither there nor of an interrupted withdrawal.
 * @param listed tags that are there
 * @throws RegistryError `not-found`; `input` where none is named, and nothing was interrupted
 */
export function requireTags(
  { store, tags }: WithdrawalOptions,
  name: string,
  listed: readonly string[],
  note: WithdrawalNote,
): void {
  if (tags?.length === 0 && isEmpty(note))
    throw new RegistryError('input', `no tag is named, and no withdrawal of ${name} was interrupted`, {
      hint: 'name the tags, or give --all to withdraw all of them',
    });
  const missing = tags?.find((tag) => !listed.includes(tag) && !note.tags.includes(tag));
  if (missing !== undefined)
    throw new RegistryError('not-found', `${store.name} has no tag ${missing} of ${name}`, {
      hint:
        listed.length === 0 ? 'check the name of the repository' : `choose one of: ${listed.slice(0, 20).join(', ')}`,
    });
}

/** Waits until redirects that were given no longer lead to content. @throws RegistryError `interrupted` */
export async function waitForClients({ wait, waits, signal }: WithdrawalOptions): Promise<void> {
  waits?.();
  await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw new RegistryError(
      'interrupted',
      'withdrawing was interrupted: the tags are gone, their content is still there',
      { hint: 'withdraw again: it goes on' },
    );
  });
}
