import type { Readable } from 'node:stream';

/** Readers of an object: those with a signed address, or everybody. */
export type ObjectAccess = 'private' | 'public-read';

/** Object as a store has it. */
export interface StoredObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Media type that it is served as; undefined where the store was not asked, or keeps none. */
  readonly contentType: string | undefined;
  /** SHA-256 of its bytes in hex, as whoever published it gave it; undefined where the store was not asked, or it has none. */
  readonly sha256: string | undefined;
  /** MD5 of its bytes in hex; undefined where the store does not say. A listing has it at no cost. */
  readonly md5?: string | undefined;
  /** Cache-Control that it is served with; undefined where the store was not asked, or it has none. */
  readonly cacheControl?: string | undefined;
}

/** Requests and bytes that went to a store. */
export interface StoreTraffic {
  /** Requests, those that were sent again counted again. A folder has none. */
  readonly requests: number;
  /** The same by their kind: `PutObject`, `HeadObject`. */
  readonly byKind: Readonly<Record<string, number>>;
  /** Bytes of objects that were sent. */
  readonly bytes: number;
}

/** Object to be stored. */
export interface NewObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** In hex; the upload fails where the bytes have another. */
  readonly sha256: string;
  readonly contentType: string;
  /** Default: none. */
  readonly cacheControl?: string;
  readonly access: ObjectAccess;
}

/** Store of objects by their keys: a bucket, or a folder. Keys have no `/` at their beginning. */
export interface ObjectStore {
  /** For people: `s3://acme.bucket`, `/srv/images`. */
  readonly name: string;
  /** Address below which its objects are served where nothing else is said; undefined for a folder. */
  readonly url: string | undefined;
  readonly traffic: StoreTraffic;
  /** Returns what is there by this key; undefined: nothing. */
  head(key: string): Promise<StoredObject | undefined>;
  /** Lists what begins with a prefix, in the order of the keys. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Reads a small object whole; undefined where there is none. @throws RegistryError `corrupt` where it has more bytes than `most` */
  read(key: string, most: number): Promise<Buffer | undefined>;
  /** Reads an object as a stream, from a byte on. @throws RegistryError `not-found` */
  open(key: string, from?: number): Promise<Readable>;
  /** Stores an object whole or not at all; one of this key is replaced. */
  put(object: NewObject, bytes: Uint8Array): Promise<void>;
  /**
   * Stores a large object whole or not at all: in parts, of which those that an interrupted upload left are not sent again.
   * @param read reads its bytes, from a byte on
   * @returns the bytes that were sent
   */
  upload(object: NewObject, read: (from: number) => Promise<Readable>): Promise<number>;
  delete(keys: readonly string[]): Promise<void>;
  /** Signs an address by which anybody may read an object until then. A folder can't. */
  presign?(key: string, until: Date): Promise<string>;
  close(): Promise<void>;
}
