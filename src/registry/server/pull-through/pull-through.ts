import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Digest } from '../../digest.js';
import { canonicalHost, repositoryAt } from '../../reference.js';
import { refusal, type ServerAnswer } from '../answers/answer.js';
import type { ServerRoute } from '../answers/route.js';
import type { ManifestReference } from '../storage/manifest-cache.js';
import type { Store } from '../store.js';
import { PullFigures } from './pull-figures.js';
import type { PullThroughOptions } from './pull-through-options.js';
import { PulledBlobs } from './pulled-blobs.js';
import { PulledLists } from './pulled-lists.js';
import { PulledManifests } from './pulled-manifests.js';
import { purgeFetches } from './purge-fetches.js';
import type { Upstream } from './upstream.js';

const hour = 3600_000;

/** Milliseconds in which what is under way removes its files when the server stops. */
const longestEnd = 2000;

/**
 * A registry that has what another has: what isn't in the storage is asked of the upstream, sent to the client, and
 * stored. What it decides where the upstream and the storage differ:
 *
 * - A digest is never asked about again. A tag is, by HEAD, when it was last looked up longer ago than its time.
 * - Where the upstream can't be asked (no connection, 5xx, 429, a refused account), what is stored is served, with a
 *   Warning; however old it is, since who runs a cache wants images while the upstream is away. An account that is
 *   refused is an error of who runs the cache, not of the image: it stays served, and the log says why.
 * - Where the upstream says that it hasn't a tag, that is the answer, and the tag goes from the storage as well. Its
 *   manifest stays until it is unused for long enough, so that who pulls by digest still gets it.
 * - Pushes are refused. Deletes, where they are allowed, are of what is stored here: the next pull brings it back.
 * - The account is that of the cache: whoever may pull here, may pull all that this account may. So none is taken from
 *   files of a user, and rights are those of this server.
 */
export class PullThrough {
  readonly #upstream: Upstream;
  readonly #figures = new PullFigures();
  readonly #manifests: PulledManifests;
  readonly #blobs: PulledBlobs;
  readonly #lists: PulledLists;
  readonly #namespaces: ReadonlySet<string>;
  readonly #purging: NodeJS.Timeout;

  constructor(store: Store, upstream: Upstream, options: PullThroughOptions) {
    const context = { store, upstream, figures: this.#figures };
    this.#upstream = upstream;
    this.#manifests = new PulledManifests(context, options);
    this.#blobs = new PulledBlobs(context);
    this.#lists = new PulledLists(context, options);
    this.#namespaces = new Set([upstream.address.host, ...(options.namespaces ?? []).map(canonicalHost)]);
    const purge = async () => {
      try {
        await purgeFetches(store, Date.now());
      } catch (error) {
        store.complain(`leftovers of blobs could not be removed: ${String(error)}`); // The next hour tries again.
      }
    };
    void purge();
    this.#purging = setInterval(() => void purge(), hour).unref();
  }

  /**
   * Returns the route of what is meant: at Docker Hub, a repository without a namespace is in `library/`. What
   * containerd wants of another registry (`?ns=`) isn't here, whatever its name: it goes on to its next host then.
   */
  routeOf(route: ServerRoute, query: URLSearchParams): ServerRoute {
    if (!('name' in route)) return route;
    const namespace = query.get('ns');
    if (namespace !== null && !this.#namespaces.has(canonicalHost(namespace))) {
      const why = `this is a cache of ${[...this.#namespaces].join(', ')}`;
      return { kind: 'refused', answer: refusal(404, 'NAME_UNKNOWN', why, { ns: namespace }) };
    }
    const name = repositoryAt(this.#upstream.address.host, route.name);
    return name === route.name ? route : { ...route, name };
  }

  /** Sends a manifest (distribution-spec end-3). */
  manifest(request: IncomingMessage, name: string, reference: ManifestReference): Promise<ServerAnswer> {
    return this.#manifests.answer(request, name, reference);
  }

  /** Sends a blob (end-2). */
  blob(request: IncomingMessage, name: string, digest: Digest): Promise<ServerAnswer> {
    return this.#blobs.answer(request, name, digest);
  }

  /** Lists the tags of a repository (end-8). */
  tags(name: string, query: URLSearchParams): Promise<ServerAnswer> {
    return this.#lists.tags(name, query);
  }

  /** Lists what refers to a manifest (end-12). */
  referrers(name: string, subject: Digest, query: URLSearchParams): Promise<ServerAnswer> {
    return this.#lists.referrers(name, subject, query);
  }

  /** Returns lines for Prometheus. */
  metricLines(): readonly string[] {
    return this.#figures.lines(this.#upstream.traffic, this.#blobs.underWay);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    clearInterval(this.#purging);
    await this.#upstream.close();
    await Promise.race([this.#blobs.settled(), pause(longestEnd, undefined, { ref: false })]);
  }
}
