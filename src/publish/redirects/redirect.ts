/** Redirect file of Crane: where a repository's content is, without the content. */
export type Redirect = ImageRedirect | ManifestRedirect;

interface RedirectBase {
  /** Name that clients pull, `redhat/zoo`: `repo-registry-id` in the file. */
  readonly name: string;
  /** Name of the repository in Pulp, and of the file: `repository` in the file. */
  readonly repository: string;
  /** Address below which its content is. */
  readonly url: string;
  /** Only for clients with a certificate that covers its address. */
  readonly isProtected: boolean;
}

/** Redirect file of version 1: images of the first docker-registry. */
export interface ImageRedirect extends RedirectBase {
  readonly version: 1;
  readonly images: readonly string[];
  /** Ids of images, by tag. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Redirect file of version 2 to 4: manifests. */
export interface ManifestRedirect extends RedirectBase {
  readonly version: 2 | 3 | 4;
  /** Digests and tags that have a manifest of schema 2. Version 3 and 4. */
  readonly schema2: readonly string[];
  /** Digests and tags that have a manifest list. Version 4. */
  readonly lists: readonly string[];
  /** Digest and schema version of the image for amd64 of lists, by tag. Version 4. */
  readonly amd64Tags: Readonly<Record<string, readonly [string, 1 | 2]>>;
}
