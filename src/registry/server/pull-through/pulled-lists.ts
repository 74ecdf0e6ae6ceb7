import type { Digest } from '../../digest.js';
import type { Descriptor } from '../../manifest.js';
import { mediaTypes } from '../../media-types.js';
import { RegistryError } from '../../registry-error.js';
import { refusal, type ServerAnswer } from '../answers/answer.js';
import { badPage, getReferrers, getTags, pageAnswer, pageOf } from '../answers/answer-lists.js';
import { BoundedMap } from '../bounded-map.js';
import type { PullContext } from './pull-context.js';
import { type PullThroughOptions, usualTagTtl } from './pull-through-options.js';
import { SingleFlight } from './single-flight.js';
import { isAbsent, staleAnswer, upstreamAnswer } from './upstream-answers.js';

/** Bytes of lists that are kept. */
const mostBytes = 16 << 20;

interface Kept<Item> {
  readonly items: readonly Item[];
  readonly bytes: number;
  /** Milliseconds. */
  readonly at: number;
}

/** Lists of a pull-through cache: tags and referrers as the upstream has them, or as they are stored where it fails. */
export class PulledLists {
  readonly #tags = new BoundedMap<string, Kept<string>>(mostBytes, ({ bytes }) => bytes);
  readonly #referrers = new BoundedMap<string, Kept<Descriptor>>(mostBytes, ({ bytes }) => bytes);
  readonly #tagLists = new SingleFlight<readonly string[]>();
  readonly #referrerLists = new SingleFlight<readonly Descriptor[]>();

  readonly #context: PullContext;
  readonly #ttl: number;

  constructor(context: PullContext, { tagTtl = usualTagTtl }: PullThroughOptions) {
    this.#context = context;
    this.#ttl = tagTtl * 1000;
  }

  async tags(name: string, query: URLSearchParams): Promise<ServerAnswer> {
    const { store, upstream, figures } = this.#context;
    const page = pageOf(query, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER);
    if (page === undefined) return badPage();
    const known = this.#fresh(this.#tags.get(name));
    try {
      const list = () => upstream.ask((registry) => registry.tags(name));
      const tags = known ?? this.#keep(this.#tags, name, await this.#tagLists.run(name, list));
      figures.add('tags', known === undefined ? 'miss' : 'hit');
      const behind = page.last === '' ? tags : tags.filter((tag) => tag > page.last);
      return pageAnswer(`/v2/${name}/tags/list`, page, behind, (shown) => ({ name, tags: shown }));
    } catch (error) {
      if (isAbsent(error)) return refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
      if (!(error instanceof RegistryError)) throw error;
      const stored = await getTags(store, name, query);
      if (stored.status !== 200) return upstreamAnswer(error);
      figures.add('tags', 'stale');
      return staleAnswer(stored);
    }
  }

  async referrers(name: string, subject: Digest, query: URLSearchParams): Promise<ServerAnswer> {
    const { store, upstream, figures } = this.#context;
    const key = `${name} ${subject}`;
    const known = this.#fresh(this.#referrers.get(key));
    try {
      const list = () => upstream.ask((registry) => registry.referrers(name, subject));
      const all = known ?? this.#keep(this.#referrers, key, await this.#referrerLists.run(key, list));
      figures.add('referrers', known === undefined ? 'miss' : 'hit');
      return referrersAnswer(all, query.get('artifactType'));
    } catch (error) {
      if (isAbsent(error)) return referrersAnswer([], query.get('artifactType'));
      if (!(error instanceof RegistryError)) throw error;
      figures.add('referrers', 'stale');
      return staleAnswer(await getReferrers(store, name, subject, query));
    }
  }

  #fresh<Item>(kept: Kept<Item> | undefined): readonly Item[] | undefined {
    return kept !== undefined && kept.at > Date.now() - this.#ttl ? kept.items : undefined;
  }

  #keep<Item>(map: BoundedMap<string, Kept<Item>>, key: string, items: readonly Item[]): readonly Item[] {
    if (this.#ttl === 0) return items;
    const bytes = JSON.stringify(items).length;
    if (bytes <= mostBytes / 4) map.set(key, { items, bytes, at: Date.now() });
    return items;
  }
}

function referrersAnswer(all: readonly Descriptor[], artifactType: string | null): ServerAnswer {
  const manifests = artifactType === null ? all : all.filter((each) => each.artifactType === artifactType);
  return {
    status: 200,
    headers: {
      'Content-Type': mediaTypes.ociIndex,
      ...(artifactType === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    },
    body: Buffer.from(`${JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests })}\n`),
  };
}
