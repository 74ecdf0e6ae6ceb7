import type { Readable } from 'node:stream';
import type { Digest } from '../digest.js';
import type { Descriptor, RawManifest } from '../manifest.js';
import type { BlobName, ImageSource } from '../source.js';

/** Options that say how a registry is reached and trusted. Plain http only where `scheme` says so, or on loopback. */
export interface RegistryTrust {
  readonly scheme: 'https' | 'http';
  /** Authorities, PEM; besides them no other is trusted. Default: the system's. */
  readonly ca?: string | undefined;
  /** Client certificate and key, PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** false: any certificate will do. */
  readonly verify?: boolean | undefined;
}

/** An account: a user and password, or a token that is sent as it is, or an identity token to be exchanged (OAuth2). */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string }
  | { readonly registryToken: string };

/** Capabilities of a server; `undefined` until a request shows it. */
export interface Capabilities {
  tagDelete: boolean | undefined;
  referrers: boolean | undefined;
  /** HEAD of a manifest that is there. */
  manifestHead: boolean | undefined;
  /** True once names were listed: of those, none should be missing. */
  listed: boolean;
  chunkResume: boolean | undefined;
  mount: boolean | undefined;
  sparseIndex: boolean | undefined;
  /** Entries to request for a page of a listing. */
  pageSize: number;
}

/** Traffic with a registry so far. */
export interface Traffic {
  readonly requests: number;
  /** Bytes of blobs and manifests. */
  readonly received: number;
  readonly sent: number;
}

/** An upload under way: where its next request goes. */
export interface UploadLocation {
  readonly location: string;
  /** Bytes that each part but the last must have (OCI-Chunk-Min-Length). */
  readonly leastPart?: number | undefined;
}

/** A registry to read from and write to, by the OCI distribution specification 1.1. */
export interface Registry extends ImageSource {
  /** `host:port`, as written in references. */
  readonly host: string;
  readonly capabilities: Capabilities;
  readonly traffic: Traffic;
  /** end-1: answers, and accepts the account. @throws RegistryError */
  ping(): Promise<void>;
  /** Reads the first page of the catalogue; undefined where the registry has no catalogue for this account. */
  catalogPage(): Promise<{ readonly names: readonly string[]; readonly complete: boolean } | undefined>;
  /** Reads the first page of a repository's tags; undefined when there is no such repository. */
  tagsPage(repository: string): Promise<{ readonly tags: readonly string[]; readonly complete: boolean } | undefined>;
  /** end-2, HEAD. */
  hasBlob(repository: string, digest: Digest): Promise<boolean>;
  /** Reads a part of a blob from a byte on; it is not checked against the digest. */
  blobPart(repository: string, digest: Digest, from: number, to?: number): Promise<Readable>;
  /** end-11: true when the blob is there now; else the upload that the server began instead, to be used or cancelled. */
  mount(repository: string, digest: Digest, from: string): Promise<true | UploadLocation | undefined>;
  /** end-4a, end-5, end-6. `content` is called again for another attempt. */
  putBlob(
    repository: string,
    blob: BlobName,
    content: (from: number) => Promise<Readable>,
    options?: { readonly session?: UploadLocation | undefined; readonly chunkSize?: number | undefined },
  ): Promise<void>;
  /** end-14 */
  cancelUpload(session: UploadLocation): Promise<void>;
  /** end-7a. @returns whether the server understood `subject` (OCI-Subject) */
  putManifest(repository: string, reference: string, manifest: RawManifest): Promise<{ readonly subject: boolean }>;
  /** end-9 by digest: most servers delete all tags of the manifest with it. */
  deleteManifest(repository: string, digest: Digest): Promise<void>;
  /** end-9 by tag; false where the server can't (docker-registry 2.x). */
  deleteTag(repository: string, tag: string): Promise<boolean>;
  /** end-12 only: nothing where the server has no referrers API. */
  referrersByApi(repository: string, digest: Digest): Promise<Descriptor[] | undefined>;
}

/** Part of a registry's client that downloads a blob of which nothing but the digest is known. */
export interface DownloadClient {
  /** end-2, HEAD: the bytes of a blob, -1 where the registry doesn't say; undefined: it isn't there. */
  blobSize(repository: string, digest: Digest): Promise<number | undefined>;
  /**
   * Begins to read a blob, with its size as the registry says it (-1: it doesn't). The stream is checked and resumed as
   * that of `blob`. @throws RegistryError `not-found`
   */
  download(repository: string, digest: Digest): Promise<{ readonly size: number; readonly body: Readable }>;
}

/** Report of the embedded registry on a collection of garbage: what is, or would be, removed. */
export interface UpkeepReport {
  readonly applied: boolean;
  /** Tags that no rule keeps. */
  readonly tags: number;
  readonly manifests: number;
  readonly links: number;
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
  readonly uploads: number;
  /** Manifests and blobs that stay. */
  readonly kept: { readonly repositories: number; readonly manifests: number; readonly blobs: number };
  readonly repositories: readonly {
    readonly name: string;
    readonly manifests: readonly string[];
    readonly links: number;
    readonly skipped?: string | undefined;
  }[];
}

/** Wishes for a collection of garbage. */
export interface UpkeepWishes {
  readonly dryRun: boolean;
  readonly deleteUntagged: boolean;
  /** Seconds; default: the server's. */
  readonly grace?: number | undefined;
}

/** Part of a registry's client that only the embedded registry answers. */
export interface UpkeepClient {
  /** Tells if the registry collects garbage by itself: only the embedded one does. */
  collectsItself(): Promise<boolean>;
  /** Collects garbage there. @throws RegistryError */
  collectItself(wishes: UpkeepWishes): Promise<UpkeepReport>;
}
