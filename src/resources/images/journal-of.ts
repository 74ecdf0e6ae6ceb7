import { journalPath } from '../../registry/copy/journal.js';
import type { ImagesParams } from './images-params.js';

/** The journal of a registry that a host has: `localhost:5000` is another one on each. */
export function journalOf({ to, journal }: ImagesParams, host: string): string {
  return journal ?? journalPath(`${host} ${to}`);
}
