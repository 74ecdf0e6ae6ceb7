import type { Selectable } from 'kysely';
import { z } from 'zod';
import { visibilityOf } from '../../access/rights/decide.js';
import type { RightsStore } from '../../access/rights/rights.js';
import type { Database } from '../../store/database.js';
import type { ServiceEventRow } from '../../store/tables.js';
import type { TrustingRegistries } from '../../tokens/registries.js';
import { exampleEvent } from '../formats/example-event.js';
import type { ToldEvent } from '../formats/told-event.js';

/** Platforms of an image that are told at most. */
const mostPlatforms = 50;
/** Platform under which builders attach what is no image. */
const noPlatform = 'unknown/unknown';

interface Parts {
  readonly database: Database;
  readonly registries: TrustingRegistries;
  readonly rights: RightsStore;
  readonly source: () => string;
}

/** Completes events by what is known of their images and registries. */
export class EventTelling {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Completes an event of the outbox. `isComplete` is false while its image was not read. */
  async tell(row: Selectable<ServiceEventRow>): Promise<{ event: ToldEvent; isComplete: boolean }> {
    const { registries, rights, source } = this.#parts;
    const given = z.record(z.string(), z.unknown()).parse(JSON.parse(row.data));
    const { id, kind, subject, registry, repository, at, actor } = row;
    const image = kind === 'tag.pushed' ? await this.#imageOf(z.string().catch('').parse(given.digest)) : {};
    const { visibility } = visibilityOf({ registry, repository }, await rights.visibilities());
    const event: ToldEvent = {
      id,
      kind,
      subject,
      registry,
      repository,
      at,
      actor,
      data: { ...given, ...image },
      source: source(),
      host: registries.find(registry)?.host ?? registry,
      isPublic: repository !== '' && visibility === 'public',
    };
    return { event, isComplete: image !== undefined };
  }

  /** Makes the event of a test. */
  example(registry: string, actor: string, at: number): ToldEvent {
    return exampleEvent({ registry, actor, at, source: this.#parts.source() });
  }

  /** Returns what the index knows of an image; undefined: it has not been read. */
  async #imageOf(digest: string): Promise<Record<string, unknown> | undefined> {
    const { db } = this.#parts.database;
    const manifest = await db
      .selectFrom('manifests')
      .select(['media_type', 'platform', 'total_size'])
      .where('digest', '=', digest)
      .executeTakeFirst();
    if (manifest === undefined) return undefined;
    const parts = await db
      .selectFrom('manifest_parts')
      .select('platform')
      .distinct()
      .where('manifest', '=', digest)
      .where('kind', '=', 'manifest')
      .where('platform', 'not in', ['', noPlatform])
      .orderBy('platform')
      .limit(mostPlatforms)
      .execute();
    const platforms = manifest.platform === '' ? parts.map(({ platform }) => platform) : [manifest.platform];
    return { mediaType: manifest.media_type, bytes: manifest.total_size, platforms };
  }
}
