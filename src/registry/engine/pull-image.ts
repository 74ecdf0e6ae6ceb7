import { archiveStream } from '../archive/write/archive-stream.js';
import { imageError } from '../copy/apply-plan.js';
import type { ImageResult } from '../copy/sync-report.js';
import type { Digest } from '../digest.js';
import { readManifest } from '../manifest.js';
import { choosePlatforms } from '../plan/choose-platforms.js';
import { SourceCache } from '../plan/source-cache.js';
import { referenceOf, sourceNameOf, type WantedImage } from '../plan/wanted-image.js';
import { RegistryError } from '../registry-error.js';
import type { ImageSource } from '../source.js';
import type { Engine } from './engine.js';
import { imageIds } from './same-image.js';

/** Options of {@link pullImage}. */
export interface PullOptions {
  readonly engine: Engine;
  readonly source: ImageSource;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
  /** Name that it gets in the engine, with a tag. */
  readonly name: string;
  /** `os/arch[/variant]` */
  readonly platform: string;
  readonly signal?: AbortSignal | undefined;
}

/** Result of a pull, with what is to be said of the platform. */
export interface PullResult {
  readonly image: ImageResult;
  readonly notices: readonly string[];
}

/**
 * Brings an image of a source into a container engine under a name, as a stream: nothing is put on disk on the way. One
 * that the engine has under that name is known by its configuration, and not read.
 * @throws RegistryError when the source or the engine does not answer
 */
export async function pullImage(options: PullOptions): Promise<PullResult> {
  const { engine, source, repository, name, signal } = options;
  const nothing = { name, bytes: 0, mounted: 0, requests: 0 };
  try {
    const before = await engine.inspect(name);
    const { raw, notes } = await chosenManifest(options);
    const manifest = readManifest(raw, `${source.name}/${repository}@${raw.digest}`);
    const ids = await imageIds(source, repository, raw.digest, manifest);
    if (before !== undefined && ids.includes(before.id))
      return { image: { ...nothing, state: 'unchanged', digest: raw.digest }, notices: [] };
    const has: ImageSource = {
      ...source,
      name: source.name,
      manifest: async (path, reference) => (reference === raw.digest ? raw : source.manifest(path, reference)),
    };
    let bytes = 0;
    const tar = archiveStream([{ source: has, repository, reference: raw.digest, name }], signal);
    tar.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    tar.pause();
    await engine.load(tar);
    const after = await engine.inspect(name);
    if (after === undefined || !ids.includes(after.id))
      throw new RegistryError('server', `${engine.name} took ${name}, and does not have it`);
    return {
      image: { ...nothing, state: before === undefined ? 'copied' : 'updated', digest: raw.digest, bytes },
      notices: notes,
    };
  } catch (error) {
    if (error instanceof RegistryError && ['unreachable', 'tls', 'interrupted'].includes(error.kind)) throw error;
    return { image: { ...nothing, state: 'failed', error: imageError(error) }, notices: [] };
  }
}

async function chosenManifest({ source, repository, tag, digest, platform }: PullOptions) {
  const image: WantedImage = {
    source: undefined,
    repository,
    tag,
    digest,
    targetRepository: repository,
    targetTag: tag,
    platforms: [platform],
    attachments: 'none',
    place: undefined,
  };
  const cache = new SourceCache(source);
  const top = await cache.manifest(repository, referenceOf(image));
  if (top === undefined) throw new RegistryError('not-found', `${source.name} does not have ${sourceNameOf(image)}`);
  const { raw, notes } = await choosePlatforms(top, image, cache);
  return { raw, notes };
}
