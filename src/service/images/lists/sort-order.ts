import { type RawBuilder, sql } from 'kysely';
import { Problem } from '../../problem.js';

/** Order of rows, whose pages go on where one ended, whatever is written meanwhile. */
export interface SortOrder {
  /** List of columns, each with its direction. */
  readonly by: RawBuilder<unknown>;
  /** Makes the condition that a row is behind a place, or there. */
  isBehind(values: readonly (string | number)[], orThere?: boolean): RawBuilder<boolean>;
  /** Kinds of the values of a place. */
  readonly kinds: readonly ('text' | 'number')[];
}

/** Makes an order: by a value, and where it is the same by the rest. */
export function orderOf({
  value,
  isNumber,
  rest,
  isDescending,
}: {
  /** Undefined: by the rest alone. */
  readonly value: RawBuilder<unknown> | undefined;
  readonly isNumber: boolean;
  /** Columns of texts that no two rows have the same. */
  readonly rest: readonly RawBuilder<unknown>[];
  readonly isDescending: boolean;
}): SortOrder {
  const columns = value === undefined ? rest : [value, ...rest];
  const direction = sql.raw(isDescending ? ' desc' : '');
  const comparison = isDescending ? '<' : '>';
  const texts = rest.map(() => 'text' as const);
  return {
    by: sql.join(columns.map((column) => sql`${column}${direction}`)),
    isBehind: (values, orThere = false) =>
      sql<boolean>`(${sql.join(columns)}) ${sql.raw(orThere ? `${comparison}=` : comparison)} (${sql.join(values)})`,
    kinds: value === undefined ? texts : [isNumber ? 'number' : 'text', ...texts],
  };
}

/** Reads a place from the text of a cursor: its values, with a blank between them. @throws Problem for another text */
export function readPlace(text: string, { kinds }: SortOrder): (string | number)[] {
  const values = text.split(' ');
  const isPlace =
    values.length === kinds.length && values.every((value, at) => kinds[at] === 'text' || /^\d{1,15}$/.test(value));
  if (isPlace) return values.map((value, at) => (kinds[at] === 'text' ? value : Number(value)));
  const detail = 'must be `next` of the page before, of the same order';
  throw new Problem('unprocessable', `after: ${detail}`, { errors: [{ pointer: 'after', detail }] });
}
