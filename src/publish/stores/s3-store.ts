import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../../registry/registry-error.js';
import { checkKey } from './object-key.js';
import type { NewObject, ObjectStore, StoredObject, StoreTraffic } from './object-store.js';
import { connectS3, headersOf, type S3Connection } from './s3-connection.js';
import { isWorthRetry, s3StatusOf } from './s3-errors.js';
import { bareEtag, isMd5, multipartFrom, type ObjectHeaders, uploadInParts } from './s3-multipart.js';
import { longestSigned, type S3Settings } from './s3-settings.js';

/** Objects that one request deletes at most. */
const mostDeleted = 1000;
/** Attempts at an object that is streamed: the SDK sends no stream twice. */
const attempts = 5;
/** Large objects that are sent at one time, whatever waits: each holds a part in memory. */
const largeBeside = 2;

/** Opens a bucket as a store, by AWS' SDK, which is loaded now. Keys are below the prefix. @throws RegistryError */
export async function s3Store(settings: S3Settings): Promise<ObjectStore> {
  const prefix = settings.prefix ?? '';
  if (prefix !== '') checkKey(prefix);
  return new S3Store(await connectS3(settings), prefix === '' ? '' : `${prefix}/`, settings);
}

class S3Store implements ObjectStore {
  readonly #connection: S3Connection;
  readonly #prefix: string;
  readonly #signal: AbortSignal | undefined;
  readonly #checksums: boolean;
  #large: Promise<unknown>[] = [];

  constructor(connection: S3Connection, prefix: string, { signal, checksums = false }: S3Settings) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#signal = signal;
    this.#checksums = checksums;
  }

  get name(): string {
    return `s3://${this.#connection.bucket}/${this.#prefix}`.replace(/\/$/, '');
  }

  get url(): string {
    return `${this.#connection.url}/${this.#prefix}`.replace(/\/$/, '');
  }

  get traffic(): StoreTraffic {
    return this.#connection.traffic;
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const { client, sdk } = this.#connection;
    return this.#attempt(`look for ${key}`, async () => {
      try {
        const command = new sdk.HeadObjectCommand(this.#place(key));
        const found = await client.send(command, this.#options);
        return {
          key,
          size: found.ContentLength ?? 0,
          contentType: found.ContentType,
          cacheControl: found.CacheControl,
          sha256: found.Metadata?.sha256,
          ...md5In(found.ETag),
        };
      } catch (error) {
        if (s3StatusOf(error) === 404) return undefined;
        throw error;
      }
    });
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const { client, sdk, bucket } = this.#connection;
    let token: string | undefined;
    do {
      const page = await this.#attempt(`list ${this.name}`, () =>
        client.send(
          new sdk.ListObjectsV2Command({
            Bucket: bucket,
            Prefix: `${this.#prefix}${prefix}`,
            ContinuationToken: token,
          }),
          this.#options,
        ),
      );
      for (const { Key = '', Size = 0, ETag } of page.Contents ?? []) {
        const key = Key.slice(this.#prefix.length);
        yield { key, size: Size, contentType: undefined, sha256: undefined, ...md5In(ETag) };
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async read(key: string, most: number): Promise<Buffer | undefined> {
    const { client, sdk } = this.#connection;
    return this.#attempt(`read ${key}`, async () => {
      try {
        const { Body, ContentLength = 0 } = await client.send(
          new sdk.GetObjectCommand(this.#place(key)),
          this.#options,
        );
        if (!(Body instanceof Readable)) return Buffer.alloc(0);
        const tooLong = () =>
          new RegistryError('corrupt', `${this.name}/${key} has more than the ${most} bytes that it may have`);
        if (ContentLength > most) {
          Body.destroy();
          throw tooLong();
        }
        const chunks: Buffer[] = [];
        let length = 0;
        for await (const chunk of Body) {
          length += chunk.length;
          if (length > most) throw tooLong();
          chunks.push(chunk);
        }
        return Buffer.concat(chunks);
      } catch (error) {
        if (isNoKey(error)) return undefined;
        throw error;
      }
    });
  }

  async open(key: string, from = 0): Promise<Readable> {
    const { client, sdk } = this.#connection;
    return this.#attempt(`read ${key}`, async () => {
      const range = from === 0 ? {} : { Range: `bytes=${from}-` };
      const command = new sdk.GetObjectCommand({ ...this.#place(key), ...range });
      const { Body } = await client.send(command, this.#options);
      if (!(Body instanceof Readable)) throw new RegistryError('protocol', `${this.name}/${key} came without content`);
      return Body;
    });
  }

  async put(object: NewObject, bytes: Uint8Array): Promise<void> {
    await this.#attempt(`store ${object.key}`, () => this.#put(object, bytes));
  }

  /** Sends an object at once. Its SHA-256 is signed, so that the service compares it with what came. */
  async #put(object: NewObject, body: Uint8Array | Readable): Promise<void> {
    const { client, sdk } = this.#connection;
    const command = new sdk.PutObjectCommand({
      ...this.#place(object.key),
      ...headersFor(object),
      Body: body,
      ContentLength: object.size,
      ...(this.#checksums ? { ChecksumSHA256: Buffer.from(object.sha256, 'hex').toString('base64') } : {}),
    });
    command.middlewareStack.add(
      (next) => (args) => {
        const headers = headersOf(args.request);
        if (headers !== undefined) headers['x-amz-content-sha256'] = object.sha256;
        return next(args);
      },
      { step: 'build', priority: 'low', name: 'signDigest' },
    );
    await client.send(command, this.#options);
  }

  async upload(object: NewObject, read: (from: number) => Promise<Readable>): Promise<number> {
    const { key } = this.#prefixed(object.key);
    if (object.size < multipartFrom) {
      await this.#attempt(`store ${object.key}`, () => this.#stream(object, read));
      return object.size;
    }
    const options = {
      key,
      headers: headersFor(object),
      object,
      read,
      checksums: this.#checksums,
      request: this.#options,
    };
    while (this.#large.length >= largeBeside) await Promise.race(this.#large);
    const sending = this.#attempt(`store ${object.key}`, () => uploadInParts(this.#connection, options));
    const ended = sending
      .catch(() => {})
      .then(() => {
        this.#large = this.#large.filter((each) => each !== ended);
      });
    this.#large.push(ended);
    return sending;
  }

  async #stream(object: NewObject, read: (from: number) => Promise<Readable>): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      const content = await read(0);
      // The SDK reports its own; that of the source says more.
      let sourceError: unknown;
      content.once('error', (error) => {
        sourceError = error;
      });
      try {
        return await this.#put(object, content);
      } catch (error) {
        if (sourceError instanceof RegistryError) throw sourceError;
        if (tried === attempts || !isWorthRetry(error) || this.#signal?.aborted === true) throw error;
        await sleep(Math.min(200 * 2 ** tried, 5000) * (0.5 + Math.random() / 2), undefined, this.#sleepOptions);
      } finally {
        content.destroy();
      }
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    const { client, sdk, bucket } = this.#connection;
    for (let at = 0; at < keys.length; at += mostDeleted) {
      const some = keys.slice(at, at + mostDeleted).map((key) => ({ Key: this.#prefixed(key).key }));
      const { Errors = [] } = await this.#attempt(`delete from ${this.name}`, () =>
        client.send(
          new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: some, Quiet: true } }),
          this.#options,
        ),
      );
      const [first] = Errors;
      if (first !== undefined)
        throw new RegistryError(
          first.Code === 'AccessDenied' ? 'denied' : 'server',
          `could not delete ${first.Key ?? ''} from ${this.name}: ${first.Code ?? ''} ${first.Message ?? ''}`.trim(),
          { hint: 'allow s3:DeleteObject to this account' },
        );
    }
  }

  async presign(key: string, until: Date): Promise<string> {
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const { client, sdk } = this.#connection;
    const seconds = Math.min(longestSigned, Math.max(1, Math.floor((until.getTime() - Date.now()) / 1000)));
    return this.#attempt(`sign an address of ${key}`, () =>
      getSignedUrl(client, new sdk.GetObjectCommand(this.#place(key)), { expiresIn: seconds }),
    );
  }

  async close(): Promise<void> {
    this.#connection.client.destroy();
  }

  #attempt<T>(action: string, work: () => Promise<T>): Promise<T> {
    return this.#connection.attempt(action, work);
  }

  get #options() {
    return this.#signal === undefined ? {} : { abortSignal: this.#signal };
  }

  get #sleepOptions() {
    return this.#signal === undefined ? {} : { signal: this.#signal };
  }

  #prefixed(key: string) {
    checkKey(key);
    return { key: `${this.#prefix}${key}` };
  }

  #place(key: string) {
    return { Bucket: this.#connection.bucket, Key: this.#prefixed(key).key };
  }
}

function headersFor({ contentType, cacheControl, access, sha256 }: NewObject): ObjectHeaders {
  return {
    ContentType: contentType,
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    ...(access === 'public-read' ? { ACL: access } : {}),
    Metadata: { sha256 },
  };
}

function md5In(etag: string | undefined): { md5?: string } {
  const bare = bareEtag(etag ?? '');
  return isMd5(bare) ? { md5: bare } : {};
}

function isNoKey(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}
