import type { ComponentChildren } from 'preact';
import { usePlace } from '../../kernel/place.js';
import { withQuery } from '../../kernel/with-query.js';
import { Icon } from '../icon.js';

/** Column of a table. */
export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Order that the API knows for it: a click on its head sorts so (`sort=`, `-` before it turns it round). */
  readonly sort?: string;
  /** True: the order begins with the largest, or the newest. */
  readonly startsDown?: boolean;
  /** True: the API knows the order one way alone, the largest first. */
  readonly isOneWay?: boolean;
  readonly isNumber?: boolean;
  /** True: it is the head of its row. One column has it. */
  readonly isHead?: boolean;
}

interface DataTableProps<Row> {
  /** Subject of the table, for readers who listen. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Order without `sort` in the address. */
  readonly usualSort?: string;
}

/** Shows rows in columns. Narrow windows show each row as a card, with the titles of its columns. */
export function DataTable<Row>({ caption, columns, rows, rowKey, usualSort }: DataTableProps<Row>) {
  const { url, t } = usePlace();
  const sort = new URLSearchParams(url.split('?')[1]).get('sort') ?? usualSort;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
    <section class="table-frame" tabIndex={0} aria-label={caption}>
      <table class="data">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <ColumnHead key={column.key} column={column} sort={sort} url={url} sorted={t('table.sort')} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ key, title, cell, isNumber, isHead }) =>
                isHead === true ? (
                  <th key={key} scope="row" data-title={title}>
                    <div>{cell(row)}</div>
                  </th>
                ) : (
                  <td key={key} class={isNumber === true ? 'number' : undefined} data-title={title}>
                    <div>{cell(row)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ColumnHead<Row>({
  column: { title, sort: own, startsDown = false, isOneWay = false, isNumber },
  sort,
  url,
  sorted,
}: {
  readonly column: Column<Row>;
  readonly sort: string | undefined;
  readonly url: string;
  readonly sorted: string;
}) {
  const style = isNumber === true ? 'number' : undefined;
  if (own === undefined) {
    return (
      <th scope="col" class={style}>
        {title}
      </th>
    );
  }
  const isUp = sort === own && !isOneWay;
  const isDown = sort === (isOneWay ? own : `-${own}`);
  const next = isOneWay ? own : isUp ? `-${own}` : isDown ? own : startsDown ? `-${own}` : own;
  return (
    <th scope="col" class={style} aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}>
      <a href={withQuery(url, { sort: next, after: undefined })} title={sorted}>
        {title}
        {(isUp || isDown) && <Icon name={isUp ? 'up' : 'down'} />}
      </a>
    </th>
  );
}
