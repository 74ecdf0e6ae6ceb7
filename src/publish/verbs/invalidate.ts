import { Readable } from 'node:stream';
import { lastLine, runProgram } from '../../registry/programs/run-program.js';
import { RegistryError } from '../../registry/registry-error.js';
import { count } from '../../text/count.js';
import { ChangedStore } from '../stores/changed-store.js';
import type { ObjectStore } from '../stores/object-store.js';

/** Caches before a store. */
export interface Caches {
  /** Command of a shell that tells them what changed: it has the addresses on its standard input, one a line. */
  readonly command: string;
  /** Address below which the keys are served; undefined: it is given paths. */
  readonly url: string | undefined;
  /** Called when they were told, with the count of addresses. */
  readonly told: (addresses: number) => void;
}

/** Options of {@link invalidate}. */
export interface InvalidateOptions extends Omit<Caches, 'told'> {
  readonly keys: readonly string[];
}

/**
 * Tells the caches before a store what changed in it, by a command of whoever runs them. It does nothing where nothing changed.
 * @returns the count of addresses that the command was given
 * @throws RegistryError `server` where it fails: what was stored stays
 */
export async function invalidate({ command, url = '', keys }: InvalidateOptions): Promise<number> {
  if (keys.length === 0) return 0;
  const addresses = keys.map((key) => `${url.replace(/\/$/, '')}/${encodeURI(key)}\n`);
  const { status, stdout, stderr } = await runProgram('sh', ['-c', command], Readable.from(addresses));
  if (status === 0) return keys.length;
  const why = lastLine(stderr) || lastLine(stdout) || `exit status ${status}`;
  throw new RegistryError('server', `what changed is stored, and caches were not told of it: ${why}`, {
    hint: `run it yourself with the address of each object that changed on its standard input: ${command}`,
  });
}

/**
 * Works on a store, and tells the caches before it what changed.
 * @param caches undefined: there are none
 * @param isRepair true: all that is stored may replace something
 * @returns the result of the work
 * @throws RegistryError as {@link invalidate}
 */
export async function withCaches<Result>(
  store: ObjectStore,
  caches: Caches | undefined,
  work: (store: ObjectStore) => Promise<Result>,
  isRepair = false,
): Promise<Result> {
  if (caches === undefined) return await work(store);
  const changes = new ChangedStore(store, isRepair);
  const result = await work(changes);
  const addresses = await invalidate({ ...caches, keys: changes.changed });
  if (addresses > 0) caches.told(addresses);
  return result;
}

/** Returns the line about caches that were told. */
export function toldLine(addresses: number): string {
  return `told caches of ${count(addresses, 'address', 'addresses')}`;
}
