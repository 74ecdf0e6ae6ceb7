import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { algorithmOf, type Digest, digestOf } from '../../digest.js';
import type { RawManifest } from '../../manifest.js';
import { RegistryError } from '../../registry-error.js';
import type { Found } from '../../source.js';
import type { ServerAnswer } from '../answers/answer.js';
import { getManifest, unknownManifest } from '../answers/answer-manifest.js';
import { matchesEtag } from '../answers/byte-range.js';
import { keepManifest } from '../answers/put-manifest.js';
import { pushedManifest } from '../pushed/pushed-manifest.js';
import { StorageError } from '../storage/files.js';
import { readLink } from '../storage/links.js';
import type { ManifestReference } from '../storage/manifest-cache.js';
import { LookedUpTags } from './looked-up-tags.js';
import type { PullContext } from './pull-context.js';
import { type PullThroughOptions, usualTagTtl } from './pull-through-options.js';
import { SingleFlight } from './single-flight.js';
import { isAbsent, staleAnswer, upstreamAnswer } from './upstream-answers.js';

/** Milliseconds for which a client whose image is stored waits for the upstream. */
const patience = 10_000;

/** Manifests of a pull-through cache. */
export class PulledManifests {
  readonly #looks = new SingleFlight<Found | undefined>();
  readonly #reads = new SingleFlight<RawManifest | undefined>();

  readonly #context: PullContext;
  readonly #tags: LookedUpTags;

  constructor(context: PullContext, { tagTtl = usualTagTtl }: PullThroughOptions) {
    this.#context = context;
    this.#tags = new LookedUpTags(context.store, tagTtl * 1000);
  }

  async answer(request: IncomingMessage, name: string, reference: ManifestReference): Promise<ServerAnswer> {
    try {
      if (reference.kind === 'tag') return await this.#byTag(request, name, reference.tag);
      return await this.#byDigest(request, name, reference.digest, 'hit');
    } catch (error) {
      if (isAbsent(error)) return unknownManifest(reference);
      if (error instanceof RegistryError) return upstreamAnswer(error);
      throw error;
    }
  }

  async #byTag(request: IncomingMessage, name: string, tag: string): Promise<ServerAnswer> {
    const { store, figures } = this.#context;
    const stored = store.cache.digestOfTag(name, tag);
    const isStored = stored !== undefined && (await this.#isHere(name, stored));
    const settled = isStored && store.rules.isImmutable(name, tag) ? stored : await this.#tags.fresh(name, tag);
    if (settled !== undefined) return await this.#byDigest(request, name, settled, 'hit');
    if (!isStored && request.method === 'GET') return await this.#readTag(request, name, tag);
    try {
      const look = this.#look(name, tag, isStored);
      const found = isStored ? await inTime(look) : await look;
      if (found === undefined) return unknownManifest({ kind: 'tag', tag });
      return await this.#byDigest(request, name, found.digest, 'hit', found);
    } catch (error) {
      if (!isStored || !(error instanceof RegistryError)) throw error;
      figures.add('manifest', 'stale');
      return staleAnswer(await this.#stored(request, name, stored));
    }
  }

  /** Sends a manifest by its digest: what is stored, or what the upstream has. `found`: that it has just said so. */
  async #byDigest(
    request: IncomingMessage,
    name: string,
    digest: Digest,
    outcome: 'hit' | 'miss',
    found?: Found,
  ): Promise<ServerAnswer> {
    const { figures } = this.#context;
    if (await this.#isHere(name, digest)) {
      figures.add('manifest', outcome);
      return await this.#stored(request, name, digest);
    }
    if (request.method === 'HEAD') {
      const there = found !== undefined && found.size >= 0 ? found : await this.#look(name, digest, false);
      if (there === undefined) return unknownManifest({ kind: 'digest', digest });
      figures.add('manifest', 'miss');
      return foundAnswer(request, there);
    }
    const raw = await this.#read(name, digest);
    if (raw === undefined) return unknownManifest({ kind: 'digest', digest });
    figures.add('manifest', 'miss');
    return rawAnswer(request, raw);
  }

  async #readTag(request: IncomingMessage, name: string, tag: string): Promise<ServerAnswer> {
    const raw = await this.#read(name, tag);
    if (raw === undefined) return unknownManifest({ kind: 'tag', tag });
    this.#context.figures.add('manifest', 'miss');
    return rawAnswer(request, raw);
  }

  /** Sends what is stored, and records that it was used: what isn't for long enough goes. */
  async #stored(request: IncomingMessage, name: string, digest: Digest): Promise<ServerAnswer> {
    const { store } = this.#context;
    await store.uses.renew(store.layout.revisionLink(name, digest));
    return await getManifest(store, request, name, { kind: 'digest', digest });
  }

  /** Returns true for a manifest that is stored, and whole: one that is damaged is fetched again. */
  async #isHere(name: string, digest: Digest): Promise<boolean> {
    const { layout, cache, uses, complain } = this.#context.store;
    const sha256 = await readLink(layout.revisionLink(name, digest));
    if (sha256 === undefined) return false;
    const data = `${layout.content(sha256)}/data`;
    if (uses.isDistrusted(data)) return false;
    try {
      return cache.read(name, { kind: 'digest', digest }) !== undefined;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      complain(`${error.message}; it is fetched again`);
      uses.distrust(data);
      return false;
    }
  }

  /** Looks up a tag or digest upstream, once for all who ask meanwhile. */
  #look(name: string, reference: string, spare: boolean): Promise<Found | undefined> {
    const { upstream } = this.#context;
    return this.#looks.run(`${name} ${reference}`, async () => {
      const found = await upstream.ask((registry) => registry.head(name, reference), spare);
      if (reference.includes(':')) return found;
      if (found === undefined) await this.#tags.remove(name, reference);
      else await this.#tags.record(name, reference, found.digest);
      return found;
    });
  }

  /** Reads a manifest from the upstream and stores it, once for all who ask meanwhile. */
  #read(name: string, reference: string): Promise<RawManifest | undefined> {
    const { upstream } = this.#context;
    return this.#reads.run(`${name} ${reference}`, async () => {
      const raw = await upstream.ask((registry) => registry.manifest(name, reference));
      if (raw === undefined) {
        if (!reference.includes(':')) await this.#tags.remove(name, reference);
        return undefined;
      }
      const isKept = await this.#keep(name, raw);
      if (!reference.includes(':')) await this.#tags.record(name, reference, raw.digest);
      if (isKept) await this.#tags.link(name, raw.digest);
      return raw;
    });
  }

  /** Stores a manifest. One that no registry would take, or for which there is no room, is only sent: then false. */
  async #keep(name: string, { digest, bytes }: RawManifest): Promise<boolean> {
    const { store } = this.#context;
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const read = pushedManifest(content);
    const isRight = digestOf(content, algorithmOf(digest)) === digest; // That of schema 1 leaves its signatures out.
    if (!read.ok || !isRight) {
      store.complain(`${name}: the manifest ${digest} is not stored: ${read.ok ? 'it is of schema 1' : read.why}`);
      return false;
    }
    const size = content.length;
    const keep = () => keepManifest(store, name, { digest, manifest: read.manifest, bytes: content });
    const sha256 = digestOf(content);
    const refused = await store.uses.section(() => store.quotas.hold({ name, sha256, size }, keep));
    if (refused !== undefined) {
      store.complain(`${name}: the manifest ${digest} is not stored: its quota is used up`);
    }
    return refused === undefined;
  }
}

/** Waits for an upstream that may be stuck: what is stored is better than an answer in minutes. */
async function inTime<Value>(look: Promise<Value>): Promise<Value> {
  const late = new AbortController();
  try {
    const waited = pause(patience, undefined, { signal: late.signal }).then(() => {
      throw new RegistryError('unreachable', `no answer in ${patience / 1000} s`);
    });
    waited.catch(() => {}); // It is aborted below.
    look.catch(() => {}); // It may fail when nobody waits any more; the upstream has reported it.
    return await Promise.race([look, waited]);
  } finally {
    late.abort();
  }
}

function foundAnswer({ headers: asked }: IncomingMessage, { digest, mediaType, size }: Found): ServerAnswer {
  const headers = { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, ETag: `"${digest}"` };
  if (matchesEtag(asked['if-none-match'], digest)) return { status: 304, headers };
  return { status: 200, headers: size < 0 ? headers : { ...headers, 'Content-Length': size } };
}

function rawAnswer({ headers: asked }: IncomingMessage, { digest, mediaType, bytes }: RawManifest): ServerAnswer {
  const headers = { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, ETag: `"${digest}"` };
  if (matchesEtag(asked['if-none-match'], digest)) return { status: 304, headers };
  return { status: 200, headers, body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) };
}
