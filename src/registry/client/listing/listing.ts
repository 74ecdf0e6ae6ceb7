import { z } from 'zod';
import { tryBoundedJson } from '../../bounded-json.js';
import { isRepository, isTag } from '../../names.js';
import { RegistryError } from '../../registry-error.js';
import type { ClientContext } from '../client-context.js';
import type { TokenScope } from '../tokens/scopes.js';
import { readErrorBody } from '../wire/error-body.js';
import { siftNames, wrongNamesText } from '../wrong-names.js';
import { nextPage } from './next-page.js';

export interface ListingOptions extends Pick<ClientContext, 'exchange' | 'capabilities' | 'signal' | 'notice'> {
  readonly path: string;
  readonly key: 'tags' | 'repositories';
  readonly scopes: readonly TokenScope[];
  readonly attempt: string;
  /** For notices: `the tags of registry:5000/team/web`. */
  readonly title: string;
}

interface Page {
  readonly names: readonly string[];
  readonly wrong: readonly unknown[];
  readonly complete: boolean;
  readonly next: string | undefined;
}

const body = z.object({
  tags: z.array(z.unknown()).nullish(),
  repositories: z.array(z.unknown()).nullish(),
});

/** More names than this are no listing that anybody could use. */
const mostNames = 1_000_000;
/** Pages of a listing: a million names come in pages of fifty at least. */
const mostPages = 20_000;
/** Pages one after the other that bring no new name: the server goes in circles without coming to the same address twice. */
const mostBarren = 100;

/**
 * Lists all names, sorted, each once; follows Link (end-8b). Names that the specification doesn't allow are left out
 * and reported.
 * @throws RegistryError `not-found` when there is no such listing
 */
export async function listNames(options: ListingOptions): Promise<string[]> {
  const { attempt } = options;
  const names = new Set<string>();
  const wrong: unknown[] = [];
  const requested = new Set<string>();
  let barren = 0;
  for (let at: string | undefined; ; ) {
    const page = await readPage(options, at);
    if (page === undefined) {
      const isTags = options.key === 'tags';
      const why = isTags ? 'there is no such repository' : 'the registry has no catalogue';
      const hint = isTags ? undefined : 'name the repositories: this registry does not list them';
      throw new RegistryError('not-found', `could not ${attempt}: ${why}`, { status: 404, hint });
    }
    const before = names.size + wrong.length;
    for (const name of page.names) names.add(name);
    for (const name of page.wrong) wrong.push(name);
    if (page.next === undefined) break;
    barren = names.size + wrong.length > before ? 0 : barren + 1;
    if (requested.has(page.next) || barren > mostBarren) {
      throw new RegistryError('protocol', `could not ${attempt}: its pages repeat at ${page.next}`);
    }
    if (names.size + wrong.length > mostNames) {
      throw new RegistryError('protocol', `could not ${attempt}: there are more than ${mostNames}`);
    }
    if (requested.size >= mostPages) {
      throw new RegistryError('protocol', `could not ${attempt}: there are more than ${mostPages} pages`);
    }
    requested.add(page.next);
    at = page.next;
  }
  if (wrong.length > 0) options.notice(wrongNamesText(wrong, `of ${options.title}`));
  return [...names].sort();
}

/** Reads the first page of a listing; undefined when there is none. Wrong names are left out and reported. */
export async function listNamesPage(options: ListingOptions): Promise<Pick<Page, 'names' | 'complete'> | undefined> {
  const page = await readPage(options, undefined);
  if (page !== undefined && page.wrong.length > 0) options.notice(wrongNamesText(page.wrong, `of ${options.title}`));
  return page;
}

/** Reads a page. Servers refuse pages that are too large for them with 400 (distribution) or 413 (Quay): then half as many names are requested. */
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
    const text = bytes.toString('utf8');
    const parsed = body.safeParse(tryBoundedJson(text, mostNames));
    const listed = parsed.success ? parsed.data[key] : undefined;
    if (listed === undefined) {
      const { codes, explanation } = readErrorBody(text);
      const its = explanation === '' ? '' : `: ${explanation}`;
      throw new RegistryError('protocol', `could not ${attempt}: the answer is not a list of ${key}${its}`, { codes });
    }
    const following = nextPage(answer, attempt)?.href;
    capabilities.listed = true;
    return {
      ...siftNames(listed ?? [], key === 'tags' ? isTag : isRepository),
      complete: following === undefined,
      next: following,
    };
  }
}
