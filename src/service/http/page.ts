import type { FastifyReply, FastifyRequest } from 'fastify';

/** Page of a list, as answers have it. */
export interface ListPage<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

/**
 * Makes a page of a list. One row more than a page has was read: it tells whether there is another. A `Link` header leads there
 * too (RFC 8288).
 */
export function page<Row, Item>(
  request: FastifyRequest,
  reply: FastifyReply,
  rows: readonly Row[],
  limit: number,
  shape: (row: Row) => Item,
  cursor: (row: Row) => string,
): ListPage<Item> {
  return linkNext(request, reply, listPageOf(rows, limit, shape, cursor));
}

/** Makes a page of rows, of which one more than it has was read. */
export function listPageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  shape: (row: Row) => Item,
  cursor: (row: Row) => string,
): ListPage<Item> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(shape), next: last === undefined ? null : cursor(last) };
}

/** Adds the header that leads to the page behind one. */
export function linkNext<Page extends { readonly next: string | null }>(
  request: FastifyRequest,
  reply: FastifyReply,
  shown: Page,
): Page {
  if (shown.next !== null) {
    const [path = '', query = ''] = request.url.split('?');
    const search = new URLSearchParams(query);
    search.set('after', shown.next);
    reply.header('Link', `<${path}?${search.toString()}>; rel="next"`);
  }
  return shown;
}
