import type { Database } from '../store/database.js';
import type { ReadmeRow } from '../store/tables.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { countText } from './written-texts.js';

/** Texts that tell people of a repository. */
export class Readmes {
  readonly #database: Database;
  readonly #mostAnHour: number;

  /** @param mostAnHour texts that an account writes in an hour */
  constructor(database: Database, mostAnHour: number) {
    this.#database = database;
    this.#mostAnHour = mostAnHour;
  }

  async find(repositoryId: string): Promise<ReadmeRow | undefined> {
    return await this.#database.db
      .selectFrom('readmes')
      .selectAll()
      .where('repository_id', '=', repositoryId)
      .executeTakeFirst();
  }

  /**
   * Writes it.
   * @param version that it has now; undefined: any. 0: there is none
   * @returns undefined where it has another version
   * @throws Problem for more than an account may write in an hour
   */
  async write(
    repositoryId: string,
    source: string,
    { id, name }: { readonly id: string; readonly name: string },
    version: number | undefined,
  ): Promise<ReadmeRow | undefined> {
    await countText(this.#database, id, this.#mostAnHour);
    const text = { ...(await renderMarkdown(source)), written_by: name, written_at: Date.now() };
    if (version !== undefined && version > 0) {
      return await this.#database.db
        .updateTable('readmes')
        .set({ ...text, version: version + 1 })
        .where('repository_id', '=', repositoryId)
        .where('version', '=', version)
        .returningAll()
        .executeTakeFirst();
    }
    return await this.#database.db
      .insertInto('readmes')
      .values({ repository_id: repositoryId, ...text, version: 1 })
      .onConflict((conflict) =>
        version === 0
          ? conflict.column('repository_id').doNothing()
          : conflict
              .column('repository_id')
              .doUpdateSet(({ eb, ref }) => ({ ...text, version: eb(ref('readmes.version'), '+', 1) })),
      )
      .returningAll()
      .executeTakeFirst();
  }

  async remove(repositoryId: string): Promise<void> {
    await this.#database.db.deleteFrom('readmes').where('repository_id', '=', repositoryId).execute();
  }
}
