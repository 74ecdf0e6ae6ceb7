import type { IncomingMessage } from 'node:http';
import { algorithmOf, type Digest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import type { ServerAnswer } from '../answers/answer.js';
import { getBlob, partAnswer, sizeAnswer, unknownBlob, usedBlob } from '../answers/answer-blob.js';
import { contentSize } from '../storage/content.js';
import { BlobFetch, linkBlob } from './blob-fetch.js';
import type { PullContext } from './pull-context.js';
import { SingleFlight } from './single-flight.js';
import { isAbsent, upstreamAnswer } from './upstream-answers.js';

/** Blobs of a pull-through cache. */
export class PulledBlobs {
  readonly #looks = new SingleFlight<number | undefined>();
  readonly #begins = new SingleFlight<BlobFetch>();
  /** Blobs on their way, by repository and digest. */
  readonly #fetches = new Map<string, BlobFetch>();

  readonly #context: PullContext;

  constructor(context: PullContext) {
    this.#context = context;
  }

  /** Number of blobs that are on their way. */
  get underWay(): number {
    return this.#fetches.size;
  }

  /** Resolves when none is on its way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#fetches.values()].map(({ end }) => end));
  }

  async answer(request: IncomingMessage, name: string, digest: Digest): Promise<ServerAnswer> {
    const { store, figures } = this.#context;
    try {
      if (await this.#isHere(name, digest)) {
        figures.add('blob', 'hit');
        return await getBlob(store, request, name, digest);
      }
      const answer = request.method === 'HEAD' ? await this.#head(name, digest) : undefined;
      return answer ?? (await this.#get(request, name, digest));
    } catch (error) {
      if (isAbsent(error)) return unknownBlob(digest);
      if (error instanceof RegistryError) return upstreamAnswer(error);
      throw error;
    }
  }

  async #isHere(name: string, digest: Digest): Promise<boolean> {
    const { layout, uses } = this.#context.store;
    const sha256 = await usedBlob(layout, uses, name, digest);
    if (sha256 === undefined || uses.isDistrusted(`${layout.content(sha256)}/data`)) return false;
    return (await contentSize(layout, sha256)) !== undefined;
  }

  /** Answers a HEAD; undefined where the upstream doesn't say how large the blob is: then it is fetched. */
  async #head(name: string, digest: Digest): Promise<ServerAnswer | undefined> {
    const key = `${name} ${digest}`;
    const size = this.#fetches.get(key)?.size ?? (await this.#look(name, digest));
    if (size === -1) return undefined;
    this.#context.figures.add('blob', 'miss');
    return size === undefined ? unknownBlob(digest) : sizeAnswer(digest, size);
  }

  #look(name: string, digest: Digest): Promise<number | undefined> {
    const { upstream } = this.#context;
    return this.#looks.run(`${name} ${digest}`, () => upstream.ask((registry) => registry.blobSize(name, digest)));
  }

  async #get(request: IncomingMessage, name: string, digest: Digest): Promise<ServerAnswer> {
    const { store, figures } = this.#context;
    if (await this.#isElsewhere(name, digest)) {
      figures.add('blob', 'hit');
      return await getBlob(store, request, name, digest);
    }
    const fetch = await this.#fetch(name, digest);
    const answer = await arrivingAnswer(fetch, request, digest);
    if (answer === undefined && !(await this.#isHere(name, digest))) {
      throw new RegistryError('corrupt', `the blob ${digest} could not be fetched; see the log`);
    }
    figures.add('blob', 'miss');
    return answer ?? (await getBlob(store, request, name, digest));
  }

  /**
   * Links content that another repository has, where the upstream says that this one has it as well: its bytes need not
   * come again. False where it isn't here.
   */
  async #isElsewhere(name: string, digest: Digest): Promise<boolean> {
    const { store } = this.#context;
    const { layout, uses, quotas } = store;
    if (algorithmOf(digest) !== 'sha256') return false;
    const size = await contentSize(layout, digest);
    const data = `${layout.content(digest)}/data`;
    if (size === undefined || uses.isDistrusted(data)) return false;
    const there = await this.#look(name, digest);
    if (there === undefined) throw new RegistryError('not-found', `the upstream has no blob ${digest} in ${name}`);
    if (there !== -1 && there !== size) return false;
    return await uses.section(async () => {
      if (!(await uses.renewContent(data, size))) return false;
      return (
        (await quotas.hold({ name, sha256: digest, size }, () => linkBlob(store, name, digest, digest))) === undefined
      );
    });
  }

  /** Begins to fetch a blob, once for all who ask meanwhile. */
  #fetch(name: string, digest: Digest): Promise<BlobFetch> {
    const key = `${name} ${digest}`;
    const known = this.#fetches.get(key);
    if (known !== undefined) return Promise.resolve(known);
    return this.#begins.run(key, async () => {
      const { store, upstream } = this.#context;
      const blob = await upstream.ask((registry) => registry.download(name, digest));
      const fetch = await BlobFetch.begin(store, name, digest, blob);
      this.#fetches.set(key, fetch);
      void fetch.end.then(() => this.#fetches.delete(key));
      return fetch;
    });
  }
}

/** Makes the answer of a blob on its way; undefined where it has come to its end meanwhile. */
async function arrivingAnswer(
  fetch: BlobFetch,
  request: IncomingMessage,
  digest: Digest,
): Promise<ServerAnswer | undefined> {
  const file = await fetch.open();
  if (file === undefined) {
    await fetch.end;
    return undefined;
  }
  if (fetch.size <= 0) await fetch.end; // Nothing is announced of an unknown size, or of nothing that may be wrong.
  const answer =
    fetch.size < 0 ? undefined : partAnswer({ file, grown: (from) => fetch.grown(from) }, fetch.size, request, digest);
  if (answer?.body === undefined) await file.close();
  return answer;
}
