import { z } from 'zod';
import { isDigest } from '../../registry/digest.js';
import { isManifestType } from '../../registry/media-types.js';
import { isRepository, isTag } from '../../registry/names.js';
import { Problem } from '../problem.js';
import type { ImageIndex, IndexChange } from './image-index.js';

/** Events in one request at most, and those that are read at all. */
const most = 10_000;

/** Events that are written in one transaction: a commit for each would take longer than the pulls that they tell of. */
const atOnce = 100;

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
  const events = (parsed.data.events ?? []).flatMap((each) => registryEvent.safeParse(each).data ?? []);
  const changed = new Set<string>();
  for (let at = 0; at < events.length; at += atOnce) {
    const some = events.slice(at, at + atOnce);
    const written = await index.database.db.transaction().execute(async (db) => {
      const rows = some.map(({ id }) => ({ registry, id, received_at: now }));
      const marked = await db
        .insertInto('registry_events')
        .values(uniqueBy(rows, ({ id }) => id))
        .onConflict((conflict) => conflict.columns(['registry', 'id']).doNothing())
        .returning('id')
        .execute();
      const fresh = new Set(marked.map(({ id }) => id));
      const pulls = new Map<string, Pulls>();
      const repositories: string[] = [];
      for (const event of some) {
        // One that is there twice is taken the first time.
        if (!fresh.delete(event.id)) continue;
        const repository = await apply(index, db, registry, event, now, pulls);
        if (repository !== undefined) repositories.push(repository);
      }
      for (const { change, digest, tag, count } of pulls.values())
        await index.recordPulls(change, digest, tag, count, db);
      return repositories;
    });
    for (const repository of written) changed.add(repository);
  }
  return changed;
}

/** Pulls of one image by one account in one hour. */
interface Pulls {
  readonly change: IndexChange;
  readonly digest: string;
  readonly tag: string | undefined;
  readonly count: number;
}

function uniqueBy<Value>(values: readonly Value[], of: (value: Value) => string): Value[] {
  return [...new Map(values.map((value) => [of(value), value])).values()];
}

async function apply(
  index: ImageIndex,
  db: ImageIndex['database']['db'],
  registry: string,
  { action, target, timestamp, actor }: RegistryEvent,
  now: number,
  pulls: Map<string, Pulls>,
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
  if (action === 'push' && change.actor === indexerName) return undefined; // It holds blobs of what was deleted.
  if (action === 'push') {
    await index.recordPush(change, known, tag, db);
    return repository;
  }
  if (action === 'pull' && change.actor !== indexerName) {
    const id = JSON.stringify([repository, known, tag, change.actor, Math.floor(change.at / 3_600_000)]);
    const { count, change: before = change } = pulls.get(id) ?? { count: 0 };
    const at = Math.max(change.at, before.at);
    pulls.set(id, { change: { ...change, at }, digest: known, tag, count: count + 1 });
  }
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
