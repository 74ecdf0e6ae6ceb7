import { z } from 'zod';
import { isDigest } from '../../registry/digest.js';
import { isManifestType } from '../../registry/media-types.js';
import { isRepository, isTag } from '../../registry/names.js';
import { Problem } from '../problem.js';
import type { ImageIndex, IndexChange } from './image-index.js';

/** Events in one request at most, and those that are read at all. */
const most = 10_000;

const text = z.string().max(1000);

/** Event of a registry (distribution: notifications); what is not listed here says nothing to the index. */
const registryEvent = z.object({
  id: text.min(1),
  timestamp: text.nullish(),
  action: z.string().max(40),
  target: z
    .object({
      mediaType: text.nullish(),
      digest: text.nullish(),
      repository: text.nullish(),
      tag: text.nullish(),
    })
    .nullish(),
  request: z.object({ useragent: text.nullish() }).nullish(),
  actor: z.object({ name: text.nullish() }).nullish(),
});

const envelope = z.object({ events: z.array(z.unknown()).max(most).nullish() });

type RegistryEvent = z.output<typeof registryEvent>;

/** Account by which the service itself looks at registries: its pulls are nobody's. */
export const indexerName = 'system';

/**
 * Takes the notifications of a registry, each once, however often it comes. One that can't be read is left out: the registry
 * would send it for ever, and those behind it never. @returns the repositories that have changed
 */
export async function takeNotifications(
  index: ImageIndex,
  registry: string,
  body: unknown,
  now = Date.now(),
): Promise<ReadonlySet<string>> {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) throw new Problem('invalid-request', 'the body must be {"events": […]}, as registries send it');
  const changed = new Set<string>();
  for (const each of parsed.data.events ?? []) {
    const event = registryEvent.safeParse(each);
    if (!event.success) continue;
    const repository = await index.database.db.transaction().execute(async (db) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('registry_events')
        .values({ registry, id: event.data.id, received_at: now })
        .onConflict((conflict) => conflict.columns(['registry', 'id']).doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 0n ? undefined : await apply(index, db, registry, event.data, now);
    });
    if (repository !== undefined) changed.add(repository);
  }
  return changed;
}

async function apply(
  index: ImageIndex,
  db: ImageIndex['database']['db'],
  registry: string,
  { action, target, timestamp, actor }: RegistryEvent,
  now: number,
): Promise<string | undefined> {
  const { repository, digest, mediaType } = target ?? {};
  const tag = target?.tag === '' ? undefined : (target?.tag ?? undefined);
  if (typeof repository !== 'string' || !isRepository(repository)) return undefined;
  if (tag !== undefined && !isTag(tag)) return undefined;
  const time = Date.parse(timestamp ?? '');
  const change: IndexChange = {
    registry,
    repository,
    at: Number.isNaN(time) ? now : Math.min(time, now),
    actor: (actor?.name ?? '').slice(0, 64),
    cause: action === 'delete' ? 'delete' : 'push',
  };
  const known = typeof digest === 'string' && isDigest(digest) ? digest : undefined;
  if (action === 'delete') {
    if (known !== undefined) await index.recordDeletedManifest(change, known, db);
    else if (tag !== undefined) await index.recordDeletedTag(change, tag, db);
    return repository;
  }
  if (known === undefined || !isManifestType(mediaType ?? '')) return undefined; // Blobs are known by their manifests.
  if (action === 'push') {
    await index.recordPush(change, known, tag, db);
    return repository;
  }
  if (action === 'pull' && change.actor !== indexerName) await index.recordPull(change, known, tag, db);
  return undefined;
}

/** Deletes the marks of notifications that no registry sends again. */
export async function cleanNotifications({ database }: ImageIndex, now = Date.now()): Promise<void> {
  const month = 30 * 24 * 3_600_000;
  await database.db
    .deleteFrom('registry_events')
    .where('received_at', '<', now - month)
    .execute();
}
