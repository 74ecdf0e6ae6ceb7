import { randomUUID } from 'node:crypto';
import { notFound, Problem } from '../problem.js';
import { noticeLevels } from '../schemas/notice-levels.js';
import type { Database } from '../store/database.js';
import type { NoticeRow } from '../store/tables.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { pathsAbout } from './paths-about.js';
import { countText } from './written-texts.js';

/** Notices of one path. */
const mostOfPath = 10;

/** Notice to be pinned. */
export interface NewNotice {
  readonly registry: string;
  readonly path: string;
  readonly level: NoticeRow['level'];
  readonly text: string;
  readonly until: number | null;
}

type Place = { readonly registry: string; readonly name: string };

/** Notices that are pinned to repositories, or to all below a path. */
export class Notices {
  readonly #database: Database;
  readonly #mostAnHour: number;

  /** @param mostAnHour texts that an account writes in an hour */
  constructor(database: Database, mostAnHour: number) {
    this.#database = database;
    this.#mostAnHour = mostAnHour;
  }

  /** Lists all of them, those behind `after`, those that are over as well. */
  async list(limit: number, after = ''): Promise<NoticeRow[]> {
    return await this.#database.db
      .selectFrom('notices')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** @throws Problem where there is none */
  async get(id: string): Promise<NoticeRow> {
    const row = await this.#database.db.selectFrom('notices').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw notFound(`notice ${id}`);
    return row;
  }

  /** @throws Problem where the path has many already, or the account has written too much in this hour */
  async add(
    { registry, path, level, text, until }: NewNotice,
    by: { readonly id: string; readonly name: string },
  ): Promise<NoticeRow> {
    await countText(this.#database, by.id, this.#mostAnHour);
    const now = Date.now();
    const { db } = this.#database;
    const { count } = await db
      .selectFrom('notices')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('registry', '=', registry)
      .where('path', '=', path)
      .executeTakeFirstOrThrow();
    if (Number(count) >= mostOfPath) {
      throw new Problem('conflict', `this path has ${mostOfPath} notices already: delete one first`);
    }
    return await db
      .insertInto('notices')
      .values({
        id: randomUUID(),
        ...{ registry, path, level, until },
        ...(await renderMarkdown(text)),
        created_at: now,
        created_by: by.name,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async remove(id: string): Promise<void> {
    await this.#database.db.deleteFrom('notices').where('id', '=', id).execute();
  }

  /** Returns the notices about a repository that are not over, the strongest first. */
  async about(place: Place): Promise<NoticeRow[]> {
    const [found] = await this.aboutEach([place]);
    return found ?? [];
  }

  /** Returns the notices about each of some repositories. */
  async aboutEach(places: readonly Place[]): Promise<NoticeRow[][]> {
    const paths = new Set(places.flatMap(({ name }) => pathsAbout(name)));
    const all = await this.#ofPaths([...paths]);
    return places.map(({ registry, name }) => {
      const about = new Set(pathsAbout(name));
      return all.filter((row) => about.has(row.path) && (row.registry === '' || row.registry === registry));
    });
  }

  async #ofPaths(paths: readonly string[]): Promise<NoticeRow[]> {
    const rows: NoticeRow[] = [];
    for (let at = 0; at < paths.length; at += 500) {
      rows.push(
        ...(await this.#database.db
          .selectFrom('notices')
          .selectAll()
          .where('path', 'in', paths.slice(at, at + 500))
          .where(({ eb, or }) => or([eb('until', 'is', null), eb('until', '>', Date.now())]))
          .execute()),
      );
    }
    const rank = ({ level }: NoticeRow) => noticeLevels.indexOf(level);
    return rows.toSorted((a, b) => rank(b) - rank(a) || a.created_at - b.created_at);
  }
}
