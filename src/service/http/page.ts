import type { FastifyReply, FastifyRequest } from 'fastify';

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
): { items: Item[]; next: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const next = last === undefined ? null : cursor(last);
  if (next !== null) {
    const [path = '', query = ''] = request.url.split('?');
    const search = new URLSearchParams(query);
    search.set('after', next);
    reply.header('Link', `<${path}?${search.toString()}>; rel="next"`);
  }
  return { items: rows.slice(0, limit).map(shape), next };
}
