import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../problem.js';
import type { ListPage } from '../page.js';
import { csvLine } from './csv.js';

/** Rows of a file at most, rows that are read at a time, files that are written at a time. */
const mostRows = 1_000_000;
export const exportedAtOnce = 500;
const mostFiles = 8;

let open = 0;

/** Returns true for a request that wants a file of CSV: by `format`, or by what it accepts. */
export function wantsCsv(request: FastifyRequest, format: 'json' | 'csv' | undefined): boolean {
  if (format !== undefined) return format === 'csv';
  const [first = ''] = (request.headers.accept ?? '').split(',');
  return /^text\/csv\b/i.test(first.trim());
}

/**
 * Sends all pages of a list as one file. The first page is read before anything is sent, so that a refusal is one.
 * @param name of the file, without its ending
 * @throws Problem where too many files are being written
 */
export async function sendCsv<Item extends object>(
  { reply, complain }: { readonly reply: FastifyReply; readonly complain: (message: string) => void },
  name: string,
  columns: readonly (keyof Item & string)[],
  readPage: (after: string | undefined) => Promise<ListPage<Item>>,
  after: string | undefined,
): Promise<never> {
  if (open >= mostFiles) {
    throw new Problem('too-many-requests', 'too many files are being written: try again soon', {
      headers: { 'Retry-After': '5' },
    });
  }
  open += 1;
  try {
    let page = await readPage(after);
    const { raw } = reply;
    const gone = new AbortController();
    raw.once('close', () => gone.abort());
    reply.hijack();
    raw.writeHead(200, {
      ...givenHeaders(reply),
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '-')}.csv"`,
    });
    const write = async (text: string) => {
      if (!raw.write(text)) await once(raw, 'drain', { signal: gone.signal });
    };
    try {
      await write(csvLine(columns));
      for (let rows = 0; ; ) {
        await write(page.items.map((item) => csvLine(columns.map((column) => item[column]))).join(''));
        rows += page.items.length;
        if (page.next === null || rows >= mostRows || gone.signal.aborted) break;
        page = await readPage(page.next);
      }
      raw.end();
    } catch (error) {
      raw.destroy(); // A file that ends early must not look whole.
      if (!gone.signal.aborted) complain(`the export of ${name} was cut: ${String(error)}`);
    }
  } finally {
    open -= 1;
  }
  return undefined as never;
}

function givenHeaders(reply: FastifyReply): Record<string, string | number | string[]> {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
}
