import type { Readable } from 'node:stream';
import type { Digest } from './digest.js';
import type { Descriptor, RawManifest } from './manifest.js';

/**
 * Source of images: a registry, an archive, a folder. Repositories are paths without the registry: `library/busybox`.
 */
export interface ImageSource {
  /** For people: `registry.example.com:5000`, `images.tar`. */
  readonly name: string;
  /** Looks up a tag or digest: digest, type, size in bytes (-1 where it is unknown). Undefined when it isn't there. */
  head(repository: string, reference: string): Promise<Found | undefined>;
  /** Reads the manifest of a tag or digest; its digest is computed from its bytes. Undefined when it isn't there. */
  manifest(repository: string, reference: string): Promise<RawManifest | undefined>;
  /**
   * Reads a blob, and checks digest and size: the stream fails with a RegistryError `corrupt` rather than end with
   * other bytes.
   */
  blob(repository: string, blob: BlobName): Promise<Readable>;
  /** Lists all tags of a repository, sorted. @throws RegistryError `not-found` when there is no such repository */
  tags(repository: string): Promise<string[]>;
  /** Lists all repositories, sorted. */
  repositories(): Promise<string[]>;
  /** Manifests whose `subject` is the digest (distribution-spec end-12), by the API or its fallback tag. */
  referrers(repository: string, digest: Digest): Promise<Descriptor[]>;
  /** Reads the first page of a repository's tags; undefined when there is no such repository. */
  tagsPage?(repository: string): Promise<TagsPage | undefined>;
  /** Referrers by the API only: nothing where there is none. */
  referrersByApi?(repository: string, digest: Digest): Promise<Descriptor[] | undefined>;
  /** Reads a blob from a byte on; it is not checked against the digest. */
  blobPart?(repository: string, digest: Digest, from: number): Promise<Readable>;
  /** Receives a line for the user about what is copied without. */
  notice?(line: string): void;
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
