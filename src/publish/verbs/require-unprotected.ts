import { RegistryError } from '../../registry/registry-error.js';
import type { PublishLayout } from '../layouts/publication.js';

/**
 * Refuses to let everybody read what its own source says is protected, before anything is stored.
 * @param openedBy option or key that lets everybody read; undefined: nobody may
 * @throws RegistryError `input`
 */
export async function requireUnprotected(layout: PublishLayout, openedBy: string | undefined): Promise<void> {
  if (openedBy === undefined || (await layout.isProtected?.()) !== true) return;
  throw new RegistryError(
    'input',
    `the export says that its repository is protected, and ${openedBy} would let everybody read its content`,
    { hint: `leave out ${openedBy}, or export the repository again when it is protected no more` },
  );
}
