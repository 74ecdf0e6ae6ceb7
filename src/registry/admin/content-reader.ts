import { z } from 'zod';
import { tryBoundedJson } from '../bounded-json.js';
import { readBytes } from '../client/wire/read-text.js';
import type { Digest } from '../digest.js';
import { objectWithoutNulls } from '../json-shape.js';
import { type Descriptor, type Manifest, type RawManifest, readManifest } from '../manifest.js';
import { mediaTypes } from '../media-types.js';
import { memoizeAsync } from '../memoize-async.js';
import { RegistryError } from '../registry-error.js';
import type { ImageSource } from '../source.js';

/** Fields of an image's configuration that are read here (image-spec, config.md). */
const configSchema = objectWithoutNulls({
  created: z.string().optional(),
  os: z.string().optional(),
  architecture: z.string().optional(),
  variant: z.string().optional(),
  /** Settings of a container; its `Labels` are the image's. */
  config: z.unknown().optional(),
  author: z.string().optional().catch(undefined),
  /** Steps that made it, the oldest first. */
  history: z.unknown().optional(),
});

export type ImageConfig = z.output<typeof configSchema>;

/** Configurations are small; one that isn't is no image's. */
const mostConfig = 8 << 20;

/** Registry or archive whose content is read. */
type SourceOfContent = Pick<ImageSource, 'name' | 'manifest' | 'blob'>;

/** Reads manifests and configurations of one registry, each digest once, whatever the repository. */
export class ContentReader {
  readonly #manifests = new Map<Digest, Promise<Manifest>>();
  readonly #configs = new Map<Digest, Promise<ImageConfig>>();

  readonly #registry: SourceOfContent;

  constructor(registry: SourceOfContent) {
    this.#registry = registry;
  }

  /** Reads the manifest of a tag or digest. It is requested each time: tags move. */
  async named(repository: string, reference: string): Promise<RawManifest | undefined> {
    const raw = await this.#registry.manifest(repository, reference);
    if (raw !== undefined) this.#remember(repository, raw);
    return raw;
  }

  /** Reads a manifest by digest, once. @throws RegistryError `not-found`, `corrupt`, `unsupported` */
  manifest(repository: string, digest: Digest): Promise<Manifest> {
    return memoizeAsync(this.#manifests, digest, async () => {
      const where = `${this.#registry.name}/${repository}@${digest}`;
      const raw = await this.#registry.manifest(repository, digest);
      if (raw === undefined) throw new RegistryError('not-found', `${where} is not there`, { status: 404 });
      return readManifest(raw, where);
    });
  }

  /** Reads a configuration, once; undefined where it isn't an image's (a chart, a signature). */
  async config(repository: string, config: Descriptor): Promise<ImageConfig | undefined> {
    if (config.mediaType !== mediaTypes.ociConfig && config.mediaType !== mediaTypes.dockerConfig) return undefined;
    return memoizeAsync(this.#configs, config.digest, async () => {
      const where = `${this.#registry.name}/${repository}: the configuration ${config.digest}`;
      if (config.size > mostConfig) throw new RegistryError('unsupported', `${where} has ${config.size} bytes`);
      const bytes = await readBytes(await this.#registry.blob(repository, config), mostConfig);
      const parsed = configSchema.safeParse(tryBoundedJson(bytes.toString('utf8')));
      if (!parsed.success) throw new RegistryError('corrupt', `${where} is not one`);
      return parsed.data;
    });
  }

  #remember(repository: string, raw: RawManifest): void {
    void memoizeAsync(this.#manifests, raw.digest, async () =>
      readManifest(raw, `${this.#registry.name}/${repository}@${raw.digest}`),
    ).catch(() => undefined); // The caller that needs it gets the error.
  }
}
