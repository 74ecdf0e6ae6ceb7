import type { LinkSigner } from '../links/link-signer.js';
import type { ManifestRedirect, Redirect } from '../redirects/redirect.js';
import type { RedirectTables } from '../redirects/redirect-tables.js';
import type { SearchBackend } from './search/backend.js';

/** Signer of addresses, and the seconds for which they are good. */
export interface Links {
  readonly signer: LinkSigner;
  readonly seconds: number;
}

/** Content that is answered from here in place of a redirect. */
export interface ManifestContent {
  /** Reads a manifest or a list of tags below a repository: `manifests/2/latest`. Undefined where there is none. */
  read(repository: ManifestRedirect, path: string): Promise<Buffer | undefined>;
}

/** Manifests of a store; what is larger is redirected to it. */
export interface StoreContent extends ManifestContent {
  /** Returns true for a repository whose content is in the store. */
  has(repository: Redirect): boolean;
  /** Returns the size in bytes of a blob, or of a file of an image of version 1; undefined where there is none. */
  sizeOf(repository: Redirect, path: string): Promise<number | undefined>;
}

/** Folders of content that is served from here: Pulp's published trees. */
export interface ContentFolders {
  readonly v1?: string | undefined;
  readonly v2?: string | undefined;
}

/** Parts that make the answers. */
export interface CraneParts {
  readonly redirects: { readonly tables: RedirectTables };
  /** Host that images of version 1 are had from. Default: the one that was asked. */
  readonly endpoint?: string | undefined;
  /** Default: addresses are given as they are. */
  readonly links?: { readonly v1?: Links | undefined; readonly v2?: Links | undefined } | undefined;
  /** Default: all content is elsewhere. */
  readonly folders?: ContentFolders | undefined;
  /** Store of manifests; blobs are redirected, and repositories elsewhere. Default: manifests are redirected as well. */
  readonly store?: StoreContent | undefined;
  /** Default: there is no search. */
  readonly search?: SearchBackend | undefined;
  /** Seconds for which a tag may be cached that is served from a folder. */
  readonly tagSeconds: number;
}
