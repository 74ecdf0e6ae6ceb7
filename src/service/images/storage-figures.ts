import { type RawBuilder, sql } from 'kysely';
import type { ImageIndex } from './image-index.js';

/** Milliseconds for which figures that were measured count. */
const freshness = 5 * 60_000;

/** Figures of a part of a registry. */
export interface StoragePart {
  readonly registry: string;
  /** Repository, or prefix of several: `team/`. */
  readonly name: string;
  readonly bytes: number;
  /** Of these, bytes that nothing else of the registry has. */
  readonly uniqueBytes: number;
  readonly tags: number;
  readonly images: number;
}

/** Figures of a registry. */
export interface RegistryStorage {
  readonly registry: string;
  readonly bytes: number;
  readonly repositories: number;
  readonly tags: number;
  readonly images: number;
  readonly untaggedBytes: number;
  readonly keptBytes: number;
}

/** Figures of all registries, as they were at a time. */
export interface MeasuredStorage {
  readonly at: number;
  readonly registries: readonly RegistryStorage[];
  /** The largest first. */
  readonly prefixes: readonly StoragePart[];
  readonly repositories: readonly StoragePart[];
}

/** Figures of storage by the index. Measuring reads all of it: it is done once for all who ask within some minutes. */
export class StorageFigures {
  readonly #index: ImageIndex;
  #measured: MeasuredStorage | undefined;
  #measuring: Promise<MeasuredStorage> | undefined;

  constructor(index: ImageIndex) {
    this.#index = index;
  }

  /** Returns the figures; old ones while new ones are measured. */
  async get(now = Date.now()): Promise<MeasuredStorage> {
    if (this.#measured !== undefined && now - this.#measured.at < freshness) return this.#measured;
    this.#measuring ??= this.#measure(now).finally(() => {
      this.#measuring = undefined;
    });
    if (this.#measured === undefined) return await this.#measuring;
    this.#measuring.catch(() => undefined); // Whoever has nothing older hears of it.
    return this.#measured;
  }

  async #measure(at: number): Promise<MeasuredStorage> {
    const prefix = sql`substr(r.name, 1, ${this.#index.database.kind === 'postgres' ? sql`strpos(r.name, '/')` : sql`instr(r.name, '/')`})`;
    const [registries, repositories, prefixes] = [
      await this.#registries(at),
      await this.#partsBy(sql`r.name`),
      await this.#partsBy(prefix),
    ];
    const measured = { at, registries, repositories, prefixes: prefixes.filter(({ name }) => name !== '') };
    this.#measured = measured;
    return measured;
  }

  /** Measures parts of registries: blobs of each once, and those that only one has. */
  async #partsBy(name: RawBuilder<unknown>): Promise<StoragePart[]> {
    const { db } = this.#index.database;
    const { rows } = await sql<StoragePart>`
      with held as (select distinct r.registry as registry, ${name} as name, part.digest as digest, part.size as size
          from repositories as r join repository_manifests as m on m.repository_id = r.id
          join manifest_parts as part on part.manifest = m.digest and part.kind <> 'manifest'),
        uses as (select registry, digest, count(*) as holders from held group by registry, digest),
        sizes as (select held.registry, held.name, sum(held.size) as bytes,
            sum(case when uses.holders = 1 then held.size else 0 end) as own
          from held join uses on uses.registry = held.registry and uses.digest = held.digest
          group by held.registry, held.name),
        tagged as (select r.registry as registry, ${name} as name, count(*) as tags
          from tags join repositories as r on r.id = tags.repository_id group by r.registry, ${name}),
        counted as (select r.registry as registry, ${name} as name, count(distinct m.digest) as images
          from repositories as r join repository_manifests as m on m.repository_id = r.id group by r.registry, ${name})
      select counted.registry as registry, counted.name as name, coalesce(sizes.bytes, 0) as bytes,
        coalesce(sizes.own, 0) as "uniqueBytes", coalesce(tagged.tags, 0) as tags, counted.images as images
      from counted left join sizes on sizes.registry = counted.registry and sizes.name = counted.name
      left join tagged on tagged.registry = counted.registry and tagged.name = counted.name
      order by 3 desc, 2`.execute(db);
    return rows.map((row) => ({
      registry: row.registry,
      name: row.name,
      bytes: Number(row.bytes),
      uniqueBytes: Number(row.uniqueBytes),
      tags: Number(row.tags),
      images: Number(row.images),
    }));
  }

  async #registries(now: number): Promise<RegistryStorage[]> {
    const { db } = this.#index.database;
    // With a tag: by itself, as a part of an index that has one, or about one that has.
    const { rows } = await sql<RegistryStorage>`
      with used as (select distinct repository_id, digest from tags
          union select t.repository_id, part.digest from tags as t
            join manifest_parts as part on part.manifest = t.digest and part.kind = 'manifest'
          union select t.repository_id, about.digest from tags as t join manifests as about on about.subject = t.digest),
        blobs as (select r.registry as registry, part.digest as digest, max(part.size) as size,
            max(case when used.digest is null then 0 else 1 end) as is_used
          from repositories as r join repository_manifests as m on m.repository_id = r.id
          join manifest_parts as part on part.manifest = m.digest and part.kind <> 'manifest'
          left join used on used.repository_id = m.repository_id and used.digest = m.digest
          group by r.registry, part.digest),
        sizes as (select registry, sum(size) as bytes, sum(case when is_used = 0 then size else 0 end) as untagged
          from blobs group by registry),
        counted as (select r.registry as registry, count(distinct r.id) as repositories, count(distinct m.digest) as images
          from repositories as r join repository_manifests as m on m.repository_id = r.id group by r.registry),
        tagged as (select r.registry as registry, count(*) as tags
          from tags join repositories as r on r.id = tags.repository_id group by r.registry),
        kept as (select registry, sum(bytes) as bytes from removals where until > ${now} group by registry)
      select counted.registry as registry, coalesce(sizes.bytes, 0) as bytes, counted.repositories as repositories,
        coalesce(tagged.tags, 0) as tags, counted.images as images, coalesce(sizes.untagged, 0) as "untaggedBytes",
        coalesce(kept.bytes, 0) as "keptBytes"
      from counted left join sizes on sizes.registry = counted.registry
      left join tagged on tagged.registry = counted.registry left join kept on kept.registry = counted.registry
      order by 1`.execute(db);
    return rows.map((row) => ({
      registry: row.registry,
      bytes: Number(row.bytes),
      repositories: Number(row.repositories),
      tags: Number(row.tags),
      images: Number(row.images),
      untaggedBytes: Number(row.untaggedBytes),
      keptBytes: Number(row.keptBytes),
    }));
  }
}
