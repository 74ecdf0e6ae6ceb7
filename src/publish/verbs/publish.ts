import { RegistryError } from '../../registry/registry-error.js';
import { mapInParallel } from '../../text/in-parallel.js';
import type { Publication, PublishedObject, PublishLayout } from '../layouts/publication.js';
import type { Redirect } from '../redirects/redirect.js';
import type { ObjectAccess, ObjectStore, StoreTraffic } from '../stores/object-store.js';
import { type LookedUp, lookUp } from './look-up.js';
import { forgetNoted, noteKey } from './withdrawal-note.js';

/** Redirect file of a publication: Crane reads it. */
export interface RedirectFile {
  /** Address below which the content is served. */
  readonly url: string;
  write(redirect: Redirect): Promise<void>;
}

/** Options of {@link publish}. */
export interface PublishOptions {
  readonly layout: PublishLayout;
  readonly store: ObjectStore;
  readonly access: ObjectAccess;
  /** Written when all else is there. Default: none. */
  readonly redirect?: RedirectFile | undefined;
  /** true: what would be stored is reported, and nothing is. */
  readonly isDryRun?: boolean;
  /** true: what is there is stored again. */
  readonly isRepair?: boolean;
  /** Objects that are sent at one time. Default 4. */
  readonly beside?: number;
  readonly signal?: AbortSignal | undefined;
  readonly report?: (event: PublishEvent) => void;
}

/** Event of a publication. `stored` and `deleted` in a dry run: it would be. */
export type PublishEvent =
  | { readonly event: 'planned'; readonly publication: Publication; readonly toSend: Sizes; readonly there: Sizes }
  | { readonly event: 'stored' | 'there'; readonly object: PublishedObject }
  | { readonly event: 'redirect'; readonly redirect: Redirect }
  | { readonly event: 'deleted'; readonly key: string };

/** Count of objects, and their bytes. */
export interface Sizes {
  readonly objects: number;
  readonly bytes: number;
}

/** Result of a publication. */
export interface PublishReport {
  readonly publication: Publication;
  readonly stored: Sizes;
  /** Objects that were there already. */
  readonly there: Sizes;
  /** Keys that were deleted: what tags led to in another folder before. */
  readonly deleted: readonly string[];
  /** Requests of this publication, and the bytes of objects that it sent: of an upload that is gone on with, only the rest. */
  readonly traffic: StoreTraffic;
}

const usuallyBeside = 4;

/** Repairs don't look. */
const nothingKnown: LookedUp = { found: new Set(), mayHave: () => true };

/**
 * Stores the objects of a layout that aren't there: blobs, then manifests, then tags, then lists, and the redirect file last. So
 * nothing that is there names what isn't, whenever the process ends. What tags led to in another folder is deleted after that. Done
 * again, it goes on.
 * @throws RegistryError `interrupted` where the signal was aborted; else of the first object that failed
 */
export async function publish(options: PublishOptions): Promise<PublishReport> {
  const { layout, store, isRepair = false, isDryRun = false, signal, report = () => {} } = options;
  const before = copyOf(store.traffic);
  const publication = await layout.plan(store);
  stopIfAborted(signal);
  if (options.redirect !== undefined && publication.redirect === undefined)
    throw new RegistryError('input', `there is no redirect file for ${publication.name} in the layout ${layout.kind}`, {
      hint: 'leave out --redirect-file',
    });
  const { found, mayHave } = isRepair ? nothingKnown : await lookUp(store, publication);
  stopIfAborted(signal);
  const missing = publication.objects.filter(({ key }) => !found.has(key));
  const there = publication.objects.filter(({ key }) => found.has(key));
  report({ event: 'planned', publication, toSend: sizesOf(missing), there: sizesOf(there) });
  for (const object of there) report({ event: 'there', object });
  if (!isDryRun && mayHave(noteKey(publication.folder))) await forgetWithdrawn(store, publication);
  for (const stage of stagesOf(missing)) {
    await mapInParallel(stage, options.beside ?? usuallyBeside, async (object) => {
      stopIfAborted(signal);
      if (!isDryRun) await storeObject(store, object, options.access);
      report({ event: 'stored', object });
    });
  }
  const redirect = options.redirect === undefined ? undefined : publication.redirect?.(options.redirect.url);
  if (redirect !== undefined) {
    stopIfAborted(signal);
    if (!isDryRun) await options.redirect?.write(redirect);
    report({ event: 'redirect', redirect });
  }
  // As long as a redirect file names them, they stay.
  const deleted = redirect === undefined ? [] : (publication.outdated ?? []);
  if (!isDryRun && deleted.length > 0) await store.delete(deleted);
  for (const key of deleted) report({ event: 'deleted', key });
  return {
    publication,
    stored: sizesOf(missing),
    there: sizesOf(there),
    deleted,
    traffic: trafficSince(store.traffic, before),
  };
}

/** Takes what is published again from the note of a withdrawal that is under way, or was interrupted: it stays now. */
async function forgetWithdrawn(store: ObjectStore, { folder, objects, tags }: Publication): Promise<void> {
  const parts = objects.flatMap(({ key }) => (key.startsWith(folder) ? key.slice(folder.length).split('/') : []));
  await forgetNoted(store, folder, { tags: tags.map(({ tag }) => tag), content: parts });
}

async function storeObject(store: ObjectStore, object: PublishedObject, access: ObjectAccess): Promise<void> {
  const { content, key, size, sha256, contentType, cacheControl } = object;
  const stored = { key, size, sha256, contentType, cacheControl, access };
  if (content instanceof Uint8Array) await store.put(stored, content);
  else await store.upload(stored, content);
}

function stagesOf(objects: readonly PublishedObject[]): PublishedObject[][] {
  const stages = new Map<number, PublishedObject[]>();
  for (const object of objects) {
    const stage = stages.get(object.stage) ?? [];
    stage.push(object);
    stages.set(object.stage, stage);
  }
  return [...stages].sort(([a], [b]) => a - b).map(([, stage]) => stage);
}

function sizesOf(objects: readonly PublishedObject[]): Sizes {
  return { objects: objects.length, bytes: objects.reduce((sum, { size }) => sum + size, 0) };
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new RegistryError('interrupted', 'publishing was interrupted: what is there stays, and is not sent again');
}

function copyOf({ requests, byKind, bytes }: StoreTraffic): StoreTraffic {
  return { requests, byKind: { ...byKind }, bytes };
}

function trafficSince(now: StoreTraffic, before: StoreTraffic): StoreTraffic {
  const byKind = Object.entries(now.byKind)
    .map(([kind, count]) => [kind, count - (before.byKind[kind] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return {
    requests: now.requests - before.requests,
    byKind: Object.fromEntries(byKind),
    bytes: now.bytes - before.bytes,
  };
}
