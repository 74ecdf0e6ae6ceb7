import type { Readable } from 'node:stream';
import type { Digest } from '../../digest.js';
import type { Descriptor, RawManifest } from '../../manifest.js';
import type { Found } from '../../source.js';

/** An image in an archive and what the archive calls it. */
export interface ArchivedImage {
  /** Path of the repository, as the archive has it. Nothing where it has no name for the image. */
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  readonly digest: Digest;
  /** As written in the archive. */
  readonly name: string | undefined;
}

/** Content of an archive, as the reader of its format found it. */
export interface ArchiveContent {
  readonly images: readonly ArchivedImage[];
  /** Notices for whoever loads it. */
  readonly notices: readonly string[];
  /** All manifests that are in it, those of indexes included. */
  readonly manifests: ReadonlyMap<Digest, Found>;
  /** Manifests by their subject. */
  readonly referrers: ReadonlyMap<Digest, readonly Descriptor[]>;
  manifest(digest: Digest): Promise<RawManifest | undefined>;
  /** Finds a blob; undefined when it isn't there. */
  blob(digest: Digest): Promise<BlobPlace | undefined>;
}

export interface BlobPlace {
  /** For people: the entry's name. */
  readonly entry: string;
  /** In bytes. */
  readonly size: number;
  /** Its content from a byte on, not checked. */
  open(from: number): Promise<Readable>;
}
