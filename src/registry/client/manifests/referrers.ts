import { referrersTag } from '../../attached-tags.js';
import type { Digest } from '../../digest.js';
import { type Descriptor, type RawManifest, rawManifest, readDescriptors } from '../../manifest.js';
import { acceptManifests, bareMediaType, isIndexType } from '../../media-types.js';
import { RegistryError } from '../../registry-error.js';
import type { ClientContext } from '../client-context.js';
import { nextPage } from '../listing/next-page.js';
import { referrersPath } from '../paths.js';
import type { Registry } from '../registry.js';
import { pullScope } from '../tokens/scopes.js';
import { isRefusal } from '../wire/answer-error.js';
import { wrongNamesText } from '../wrong-names.js';

/** Bytes of a list of referrers, which the registry makes. */
const mostReferrers = 16 << 20;
/** Pages of a list of referrers, and entries: signatures and SBOMs of one image are a handful. */
const [mostPages, mostEntries] = [1000, 100_000];

/** Makes the part of a registry's client that finds the referrers of a manifest. */
export function referrersClient(
  { host, exchange, capabilities, signal, notice }: ClientContext,
  manifest: Registry['manifest'],
): Pick<Registry, 'referrers' | 'referrersByApi'> {
  const nameOf = (repository: string, digest: Digest) => `${host}/${repository}@${digest}`;

  /** Reads a page, and the address of the next; undefined where there is no such list. */
  async function readPage(repository: string, target: string | URL, attempt: string) {
    const ask = {
      method: 'GET',
      target,
      headers: { accept: acceptManifests },
      scopes: pullScope(repository),
      expect: [200, 400, 404, 405, 406, 501],
      attempt,
      signal,
    } as const;
    const { answer, bytes } = await exchange.read(ask, mostReferrers);
    const type = answer.headers['content-type'] ?? '';
    if (answer.status !== 200) return undefined;
    const raw = rawManifest(bytes, type);
    if (!isIndexType(bareMediaType(type) ?? '') && !isIndexType(raw.mediaType)) return undefined;
    return { raw, next: nextPage(answer, attempt) };
  }

  async function listByApi(repository: string, digest: Digest): Promise<Descriptor[] | undefined> {
    const attempt = `list the referrers of ${nameOf(repository, digest)}`;
    const descriptors: Descriptor[] = [];
    const requested = new Set<string>();
    for (let at: string | URL = referrersPath(repository, digest); ; ) {
      const page = await readPage(repository, at, attempt);
      if (page === undefined && requested.size === 0) return undefined;
      if (page === undefined) throw new RegistryError('protocol', `could not ${attempt}: the page ${at} is not one`);
      descriptors.push(...referrersIn(page.raw, attempt, nameOf(repository, digest)));
      if (page.next === undefined) return descriptors;
      if (requested.has(page.next.href))
        throw new RegistryError('protocol', `could not ${attempt}: its pages repeat at ${page.next.href}`);
      if (requested.size >= mostPages || descriptors.length > mostEntries)
        throw new RegistryError('protocol', `could not ${attempt}: it has no end`);
      requested.add(page.next.href);
      at = page.next;
    }
  }

  /** Lists referrers by the API. Where that is refused, the caller goes on without, and the user is told. */
  async function referrersByApi(repository: string, digest: Digest): Promise<Descriptor[] | undefined> {
    if (capabilities.referrers === false) return undefined;
    try {
      const found = await listByApi(repository, digest);
      // Once it has answered, a 404 is of that repository alone.
      if (capabilities.referrers === undefined) capabilities.referrers = found !== undefined;
      return found;
    } catch (error) {
      if (!isRefusal(error) && !isCorrupt(error)) throw error;
      if (capabilities.referrers === undefined) capabilities.referrers = false;
      notice(`${error.message}; they are looked for by their tag, and those that have none are left out`);
      return undefined;
    }
  }

  /** Reads the descriptors of a list of referrers. A wrong one is left out and reported. */
  function referrersIn(raw: RawManifest, attempt: string, subject: string): Descriptor[] {
    const { descriptors, wrong } = readDescriptors(raw, `could not ${attempt}`);
    if (wrong.length > 0) notice(wrongNamesText(wrong, `of the referrers of ${subject}`));
    return descriptors;
  }

  /** Reads the list of referrers under its tag; none where that is no list. */
  async function readTag(repository: string, digest: Digest): Promise<Descriptor[]> {
    const tag = referrersTag(digest);
    const raw = await manifest(repository, tag);
    if (raw === undefined) return [];
    try {
      return referrersIn(raw, `read ${host}/${repository}:${tag}`, nameOf(repository, digest));
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      notice(`${error.message}; what it lists is left out`);
      return [];
    }
  }

  return {
    referrersByApi,
    async referrers(repository, digest) {
      return (await referrersByApi(repository, digest)) ?? readTag(repository, digest);
    },
  };
}

function isCorrupt(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.kind === 'corrupt';
}
