import { journalPath } from '../../registry/copy/journal.js';
import type { ImagesParams } from './images-params.js';

/** Returns the journal of a host's registry: `localhost:5000` is another one on each. */
export function journalOf({ to, journal }: ImagesParams, host: string): string {
  return journal ?? journalPath(`${host} ${to}`);
}
