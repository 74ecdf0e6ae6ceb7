import type { Readable } from 'node:stream';
import type { Digest } from './digest.js';
import type { Descriptor, RawManifest } from './manifest.js';

/** Where images can be had: a registry, an archive, a folder. Repositories are paths without the registry: `library/busybox`. */
export interface ImageSource {
  /** For people: `registry.example.com:5000`, `images.tar`. */
  readonly name: string;
  /** What a tag or digest names: digest, type, size in bytes (-1 where it isn't told). Nothing when it isn't there. */
  head(repository: string, reference: string): Promise<Found | undefined>;
  /** The manifest that a tag or digest names; its digest was computed from its bytes. Nothing when it isn't there. */
  manifest(repository: string, reference: string): Promise<RawManifest | undefined>;
  /**
   * The content of a blob. What is read is checked against digest and size: the stream fails with a RegistryError
   * `corrupt` rather than end well with other bytes.
   */
  blob(repository: string, blob: BlobName): Promise<Readable>;
  /** All tags of a repository, sorted. @throws RegistryError `not-found` when there is no such repository */
  tags(repository: string): Promise<string[]>;
  /** All repositories, sorted. */
  repositories(): Promise<string[]>;
  /** Manifests whose `subject` is the digest (distribution-spec end-12), by the API or its fallback tag. */
  referrers(repository: string, digest: Digest): Promise<Descriptor[]>;
  /** The tags of a repository as far as one request tells them; nothing when there is no such repository. */
  tagsPage?(repository: string): Promise<TagsPage | undefined>;
  /** Referrers by the API only: nothing where there is none. */
  referrersByApi?(repository: string, digest: Digest): Promise<Descriptor[] | undefined>;
  /** A blob's content from a byte on; not checked against the digest. */
  blobPart?(repository: string, digest: Digest, from: number): Promise<Readable>;
  close(): Promise<void>;
}

export interface TagsPage {
  readonly tags: readonly string[];
  /** false: there are more. */
  readonly complete: boolean;
}

export interface Found {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
}

export interface BlobName {
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}
