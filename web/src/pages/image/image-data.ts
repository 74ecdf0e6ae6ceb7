import type {
  ServiceImage,
  ServiceReferrerContent,
  ServiceTagMove,
  SizedServiceRepository,
} from '../../../../src/service-client/service-types.js';
import { type Api, ApiError, apiQuery } from '../../kernel/api/api.js';
import { repositoryApi, tagApi } from '../../kernel/api/api-paths.js';
import type { Items } from '../../kernel/api/items.js';

/** Data of an image's page. */
export interface ImageData {
  readonly repository: SizedServiceRepository;
  /** Undefined: the address names a digest. */
  readonly tag: string | undefined;
  readonly image: ServiceImage;
  /** Moves of the tag, the newest first; empty: the address names none. */
  readonly moves: readonly ServiceTagMove[];
  /** Content of what is about the image, where the address asks for it. */
  readonly content: ServiceReferrerContent | undefined;
}

/** Place of an image, as parts of its page need it. */
export interface ImagePlace {
  readonly registry: string;
  readonly repository: string;
}

/** Reads what a tag was, and which image it leads to. @throws ApiError where there is no such tag */
export async function readTag(
  api: Api,
  { registry, repository }: ImagePlace,
  tag: string,
): Promise<{ readonly digest: string; readonly moves: readonly ServiceTagMove[] }> {
  const { items: moves } = await api.get<Items<ServiceTagMove>>(tagApi(registry, repository, tag, '/history'));
  const digest = moves[0] === undefined ? await findInList(api, { registry, repository }, tag) : moves[0].digest;
  if (digest === null) throw new ApiError({ status: 404, title: 'Not Found', detail: '', errors: [] });
  return { digest, moves };
}

async function findInList(api: Api, { registry, repository }: ImagePlace, tag: string): Promise<string | null> {
  let after: string | null = null;
  do {
    const page: Items<{ readonly name: string; readonly digest: string }> = await api.get(
      repositoryApi(registry, repository, `/tags${apiQuery({ q: tag, sort: 'name', limit: 500, after })}`),
    );
    const found = page.items.find(({ name }) => name === tag);
    if (found !== undefined) return found.digest;
    after = page.next ?? null;
  } while (after !== null);
  return null;
}
