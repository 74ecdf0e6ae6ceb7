import type { Secrets } from '../../diagnostics/secrets/secrets.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { clearSpools, Spool } from '../../registry/copy/spool.js';
import type { ImageSource } from '../../registry/source.js';

interface Shared {
  readonly source: ImageSource;
  readonly spool: Spool;
  users: number;
}

/** Sources that are open, by session: another session may have other accounts, and learns secrets of its own. */
const bySession = new WeakMap<Secrets, Map<string, Promise<Shared>>>();

/**
 * Returns the source that several hosts of this run copy from: one client with one limit, and a spool, so that a blob
 * crosses its link once however many hosts get it. It is closed when the last has released it.
 */
export async function sharedSource(registry: string, make: () => Promise<ImageSource>) {
  const session = currentSecrets();
  const open = bySession.get(session) ?? new Map<string, Promise<Shared>>();
  bySession.set(session, open);
  const known = open.get(registry) ?? make().then((source): Shared => ({ source, spool: new Spool(), users: 0 }));
  open.set(registry, known);
  let shared: Shared;
  try {
    shared = await known;
  } catch (error) {
    open.delete(registry);
    throw error;
  }
  shared.users += 1;
  return {
    source: shared.source,
    spool: shared.spool,
    async release() {
      shared.users -= 1;
      if (shared.users > 0) return;
      open.delete(registry);
      await Promise.all([shared.source.close(), shared.spool.close()]);
    },
  };
}

/** Deletes the blobs that runs of this machine left when they were killed. */
export function deleteLeftSpools(): void {
  clearSpools();
}
