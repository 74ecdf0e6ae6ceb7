import { z } from 'zod';
import { RegistryError } from '../registry-error.js';
import type { Exchange } from './exchange.js';
import type { Capabilities } from './registry.js';
import type { Scope } from './scopes.js';

export interface ListingOptions {
  readonly exchange: Exchange;
  readonly capabilities: Capabilities;
  readonly signal: AbortSignal | undefined;
  readonly path: string;
  readonly key: 'tags' | 'repositories';
  readonly scopes: readonly Scope[];
  readonly attempt: string;
}

interface Page {
  readonly names: string[];
  readonly complete: boolean;
  readonly next: string | undefined;
}

const body = z.object({
  tags: z.array(z.string()).nullish(),
  repositories: z.array(z.string()).nullish(),
});

/** More pages than this are a server that goes in circles. */
const mostPages = 100_000;

/** All names of a listing, sorted, each once; follows Link (end-8b). @throws RegistryError `not-found` when there is none */
export async function listing(options: ListingOptions): Promise<string[]> {
  const names = new Set<string>();
  const asked = new Set<string>();
  let at: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await readPage(options, at);
    if (page === undefined) {
      throw new RegistryError('not-found', `could not ${options.attempt}: there is none of that name`, { status: 404 });
    }
    for (const name of page.names) names.add(name);
    if (page.next === undefined) return [...names].sort();
    if (asked.has(page.next)) {
      throw new RegistryError(
        'protocol',
        `could not ${options.attempt}: its pages go round in a circle at ${page.next}`,
      );
    }
    asked.add(page.next);
    at = page.next;
  }
  throw new RegistryError('protocol', `could not ${options.attempt}: more than ${mostPages} pages`);
}

/** The first page of a listing; nothing when there is none of that name. */
export async function listingPage(options: ListingOptions): Promise<Omit<Page, 'next'> | undefined> {
  return readPage(options, undefined);
}

/** Servers refuse pages that are too large for them with 400 (distribution) or 413 (Quay): half as many are asked for. */
async function readPage(options: ListingOptions, next: string | undefined): Promise<Page | undefined> {
  const { exchange, capabilities, signal, path, key, scopes, attempt } = options;
  for (;;) {
    const size = capabilities.pageSize;
    const target = next ?? `${path}?n=${size}`;
    const canShrink = next === undefined && size > 10;
    const ask = {
      method: 'GET',
      target,
      scopes,
      expect: [200, 404, ...(canShrink ? [400, 413] : [])],
      attempt,
      signal,
    } as const;
    const { answer, bytes } = await exchange.read(ask, 64 << 20);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) {
      capabilities.pageSize = Math.min(capabilities.pageSize, Math.floor(size / 2));
      continue;
    }
    const parsed = body.safeParse(jsonOf(bytes.toString('utf8')));
    if (!parsed.success)
      throw new RegistryError('protocol', `could not ${attempt}: the answer is not a list of ${key}`);
    const link = nextLink(answer.headers.link);
    return {
      names: parsed.data[key] ?? [],
      complete: link === undefined,
      next: link === undefined ? undefined : new URL(link, answer.url).href,
    };
  }
}

/** The address of the next page (RFC 8288), which may be relative. */
export function nextLink(header: string | string[] | undefined): string | undefined {
  for (const text of [header].flat()) {
    const match = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(text ?? '');
    if (match?.[1] !== undefined) return match[1];
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema then says that it isn't a listing.
  }
}
