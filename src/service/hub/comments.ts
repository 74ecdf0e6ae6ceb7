import type { Selectable } from 'kysely';
import { notFound } from '../problem.js';
import type { Database } from '../store/database.js';
import type { AccountRow, CommentRow } from '../store/tables.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { countText } from './written-texts.js';

/** Comment as the database has it. */
export type StoredComment = Selectable<CommentRow>;

/** Comments on repositories and their tags. */
export class Comments {
  readonly #database: Database;
  readonly #mostAnHour: number;

  /** @param mostAnHour texts that an account writes in an hour */
  constructor(database: Database, mostAnHour: number) {
    this.#database = database;
    this.#mostAnHour = mostAnHour;
  }

  /** Lists the comments of a repository, or of one of its tags, oldest first. */
  async list(
    repositoryId: string,
    { limit, after = 0, tag }: { readonly limit: number; readonly after?: number; readonly tag?: string | undefined },
  ): Promise<StoredComment[]> {
    let rows = this.#database.db
      .selectFrom('comments')
      .selectAll()
      .where('repository_id', '=', repositoryId)
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit);
    if (tag !== undefined) rows = rows.where('tag', '=', tag);
    return await rows.execute();
  }

  /** @throws Problem where the repository has none of this number */
  async get(repositoryId: string, number: number): Promise<StoredComment> {
    const row = await this.#database.db
      .selectFrom('comments')
      .selectAll()
      .where('repository_id', '=', repositoryId)
      .where('number', '=', number)
      .executeTakeFirst();
    if (row === undefined) throw notFound(`comment ${number}`);
    return row;
  }

  /** @param tag empty: it is about the repository @throws Problem for more than an account may write in an hour */
  async add(
    { id: accountId, name: author }: AccountRow,
    repositoryId: string,
    tag: string,
    source: string,
  ): Promise<StoredComment> {
    await countText(this.#database, accountId, this.#mostAnHour);
    return await this.#database.db
      .insertInto('comments')
      .values({
        repository_id: repositoryId,
        tag,
        account_id: accountId,
        author,
        ...(await renderMarkdown(source)),
        created_at: Date.now(),
        edited_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  /** @throws Problem for more than an account may write in an hour, and where it was deleted meanwhile */
  async edit({ number, account_id: accountId }: StoredComment, source: string): Promise<StoredComment> {
    await countText(this.#database, accountId, this.#mostAnHour);
    const row = await this.#database.db
      .updateTable('comments')
      .set({ ...(await renderMarkdown(source)), edited_at: Date.now() })
      .where('number', '=', number)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw notFound(`comment ${number}`);
    return row;
  }

  async remove(number: number): Promise<void> {
    await this.#database.db.deleteFrom('comments').where('number', '=', number).execute();
  }
}
