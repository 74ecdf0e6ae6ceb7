import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import { type Ask, type Reply, Repository } from '../conformance/repository.js';

/** A repository as an account sees it; without a name, as whoever has none. */
export class AccountRepository extends Repository {
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, name: string, account?: string, password = 's3cret') {
    super(url, name);
    const encoded = Buffer.from(`${account}:${password}`).toString('base64');
    this.#headers = account === undefined ? {} : { Authorization: `Basic ${encoded}` };
  }

  override async ask(method: string, path: string, { headers, body }: Ask = {}): Promise<Reply> {
    return await super.ask(method, path, {
      headers: { ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Pushes a small image whose content is its name and tag. */
  async pushImage(tag: string): Promise<Digest> {
    return (await this.pushManifest(await this.image(`${this.name}:${tag}`), tag)).digest;
  }

  /** Pushes an image that engines can pull: its layer is a tar without files. */
  async pushPullable(tag: string): Promise<Digest> {
    const tar = Buffer.alloc(1024);
    const layer = gzipSync(tar);
    const rootfs = { type: 'layers', diff_ids: [digestOf(tar)] };
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs,
      history: [{ created_by: tag }],
    });
    const described = async (mediaType: string, bytes: Uint8Array | string) => ({
      mediaType,
      digest: await this.pushBlob(bytes),
      size: bytes.length,
    });
    const image = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: await described(mediaTypes.ociConfig, config),
      layers: [await described(mediaTypes.ociLayerGzip, layer)],
    };
    return (await this.pushManifest(image, tag)).digest;
  }
}
