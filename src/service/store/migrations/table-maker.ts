import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { DatabaseKind } from '../database.js';

type Change = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
const unchanged: Change = (column) => column;

/** Builder of one table, in the types of its database. */
export class TableMaker {
  #builder: CreateTableBuilder<string>;
  readonly #kind: DatabaseKind;

  // biome-ignore lint/suspicious/noExplicitAny: tables of a migration are not those of the program, which go on changing.
  constructor(db: Kysely<any>, kind: DatabaseKind, name: string) {
    this.#kind = kind;
    this.#builder = db.schema.createTable(name);
  }

  /** Adds columns of texts that may not be null. */
  texts(...names: readonly string[]): this {
    for (const name of names) this.text(name);
    return this;
  }

  text(name: string, change: Change = unchanged): this {
    this.#builder = this.#builder.addColumn(name, 'text', (column) => change(column.notNull()));
    return this;
  }

  /** Adds columns that may be null. */
  optionalTexts(...names: readonly string[]): this {
    for (const name of names) this.#builder = this.#builder.addColumn(name, 'text');
    return this;
  }

  /** Adds columns of whole numbers: times, sizes, switches. */
  numbers(...names: readonly string[]): this {
    for (const name of names) this.#builder = this.#builder.addColumn(name, this.#number, (column) => column.notNull());
    return this;
  }

  optionalNumbers(...names: readonly string[]): this {
    for (const name of names) this.#builder = this.#builder.addColumn(name, this.#number);
    return this;
  }

  /** Adds the key that counts up. */
  counter(name: string): this {
    this.#builder =
      this.#kind === 'sqlite'
        ? this.#builder.addColumn(name, 'integer', (column) => column.primaryKey().autoIncrement())
        : this.#builder.addColumn(name, 'bigserial', (column) => column.primaryKey());
    return this;
  }

  /** Adds a column that refers to a row of another table, and goes with it. */
  owner(name: string, table: string, column = 'id'): this {
    return this.text(name, (builder) => builder.references(`${table}.${column}`).onDelete('cascade'));
  }

  /** @param columns primary key, unless there is a counter */
  async make(...columns: readonly string[]): Promise<void> {
    let builder = this.#builder;
    if (columns.length > 0) builder = builder.addPrimaryKeyConstraint(`key_of_${this.#name}`, columns as never);
    await (this.#kind === 'sqlite' ? builder.modifyEnd(sql`strict`) : builder).execute();
  }

  get #name(): string {
    const { table } = this.#builder.toOperationNode();
    return table.table.identifier.name;
  }

  get #number(): 'integer' | 'bigint' {
    return this.#kind === 'sqlite' ? 'integer' : 'bigint';
  }
}
