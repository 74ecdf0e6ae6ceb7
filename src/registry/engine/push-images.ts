import type { ArchiveSource } from '../archive/archive-source.js';
import { openProducedArchive } from '../archive/open.js';
import type { OpenedRegistry } from '../client/open.js';
import { imageError } from '../copy/apply-plan.js';
import { type SyncEvents, type SyncOptions, syncImages } from '../copy/sync-images.js';
import { type ImageResult, type SyncReport, totalsOf } from '../copy/sync-report.js';
import { plainEntry } from '../lists/entry-fields.js';
import type { WantedImages } from '../lists/image-list.js';
import { platformText, readManifest } from '../manifest.js';
import { RegistryError } from '../registry-error.js';
import type { Engine, EngineImage } from './engine.js';
import { holdsImage, imageIds } from './same-image.js';

/** An image of an engine, and its name at the target. */
export interface PushItem {
  /** As the engine is asked for it. */
  readonly reference: string;
  /** Undefined: the engine does not have it. */
  readonly image: EngineImage | undefined;
  readonly repository: string;
  readonly tag: string;
}

/** Options of {@link pushImages}. */
export interface PushOptions extends Pick<SyncOptions, 'verify' | 'check' | 'chunkSize' | 'journalOf'> {
  readonly engine: Engine;
  readonly items: readonly PushItem[];
  readonly targets: readonly OpenedRegistry[];
  readonly events?: SyncEvents;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pushes images of a container engine to registries. An image that is there is known by its configuration, without
 * reading it; the others are read from the engine as a stream and pushed as a sync does, so no tag is made in the engine.
 * The error of one image is in the report and stops no other.
 * @throws RegistryError when the engine or a registry does not answer
 */
export async function pushImages(options: PushOptions): Promise<SyncReport[]> {
  const { engine, items, targets } = options;
  const standing = await Promise.all(targets.map((target) => compareAll(items, target)));
  const wanted = items.filter(
    (item, at) => item.image !== undefined && standing.some((found) => found[at] === undefined),
  );
  const archive = wanted.length === 0 ? undefined : await openEngine(engine, wanted, options.signal);
  try {
    const reports: SyncReport[] = [];
    for (const [at, target] of targets.entries())
      reports.push(await pushTo(target, standing[at] ?? [], archive, options));
    return reports;
  } finally {
    await archive?.close();
  }
}

/** Result of each image that needs no push: it is there, or the engine lacks it. */
async function compareAll(
  items: readonly PushItem[],
  target: OpenedRegistry,
): Promise<readonly (ImageResult | undefined)[]> {
  target.expectScopes(items.map(({ repository }) => ({ repository, actions: ['pull', 'push'] })));
  return Promise.all(
    items.map(async ({ reference, image, repository, tag }): Promise<ImageResult | undefined> => {
      const nothing = { name: `${repository}:${tag}`, bytes: 0, mounted: 0, requests: 1 };
      try {
        if (image === undefined)
          throw new RegistryError('not-found', `there is no image ${reference} on this machine`, {
            hint: 'provision images push, without an image, lists what there is',
          });
        const digest = await holdsImage(target, repository, tag, image.id);
        return digest === undefined ? undefined : { ...nothing, state: 'unchanged', digest };
      } catch (error) {
        if (error instanceof RegistryError && ['unreachable', 'tls', 'interrupted'].includes(error.kind)) throw error;
        return { ...nothing, state: 'failed', error: imageError(error) };
      }
    }),
  );
}

async function openEngine(
  engine: Engine,
  items: readonly PushItem[],
  signal: AbortSignal | undefined,
): Promise<ArchiveSource> {
  const references = [...new Set(items.map(({ reference }) => reference))];
  return openProducedArchive({ open: () => engine.save(references) }, engine.name, { signal });
}

async function pushTo(
  target: OpenedRegistry,
  standing: readonly (ImageResult | undefined)[],
  archive: ArchiveSource | undefined,
  { items, events, engine, ...options }: PushOptions,
): Promise<SyncReport> {
  const began = performance.now();
  for (const result of standing) if (result !== undefined) events?.ended?.(target, result);
  const lacking = items.filter((_, at) => standing[at] === undefined);
  const entries = archive === undefined ? [] : await Promise.all(lacking.map((item) => entryOf(item, archive)));
  const [outcome] =
    archive === undefined || entries.length === 0
      ? []
      : await syncImages({
          ...options,
          wanted: entries,
          sourceOf: () => archive,
          targets: [target],
          attachments: 'none',
          ...(events === undefined ? {} : { events }),
        });
  const pushed = [...(outcome?.report.images ?? [])];
  const images = standing.flatMap((result) => result ?? pushed.shift() ?? []);
  return {
    source: engine.name,
    target: target.host,
    images,
    notices: outcome?.report.notices ?? [],
    totals: {
      ...totalsOf(images),
      requestsToSource: 0,
      requestsToTarget: target.traffic.requests,
      requestsToVerify: outcome?.report.totals.requestsToVerify ?? 0,
      seconds: (performance.now() - began) / 1000,
    },
  };
}

/** Finds an image in what the engine printed: it may have no name there, or several. */
async function entryOf({ image, reference, repository, tag }: PushItem, archive: ArchiveSource): Promise<WantedImages> {
  for (const { digest, repository: own = '' } of archive.images()) {
    const raw = await archive.manifest(own, digest);
    if (raw === undefined) continue;
    const manifest = readManifest(raw, `${archive.name}: ${digest}`);
    if (!(await imageIds(archive, own, digest, manifest)).includes(image?.id ?? '')) continue;
    const parts = manifest.kind === 'index' ? manifest.manifests : [];
    const there = await Promise.all(
      parts.map(async (part) => ((await archive.head(own, part.digest)) === undefined ? [] : [part])),
    );
    // An engine keeps of an index what it has pulled: the platforms that are not there can't be pushed.
    const platforms = there.flat().flatMap(({ platform }) => (platform === undefined ? [] : [platformText(platform)]));
    return {
      ...plainEntry(own, undefined),
      target: repository,
      tags: [{ tag: undefined, digest, targetTag: tag }],
      platforms: there.flat().length < parts.length ? platforms : undefined,
    };
  }
  throw new RegistryError('corrupt', `${archive.name} printed no image ${reference}`, {
    hint: 'run the command again: the image was changed meanwhile',
  });
}
