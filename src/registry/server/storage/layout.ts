import { join } from 'node:path';
import { algorithmOf, type Digest, hexOf } from '../../digest.js';

/**
 * Paths under the storage folder, exactly as docker-registry 2.8.2 (and 3.x) has them, so that either serves what the
 * other wrote. Content is kept once under its sha256. A repository holds links to it: files with the digest as text. A
 * blob that is known by its sha512 has a link under that too, which names the sha256.
 */
export class Layout {
  readonly #root: string;
  /** Below it a folder a repository. */
  readonly repositories: string;

  /** @param folder the storage's own, which may be a link; nothing in it may lead out of it */
  constructor(readonly folder: string) {
    this.#root = join(folder, 'docker/registry/v2');
    this.repositories = `${this.#root}/repositories`;
  }

  /** Returns the folder of content by its sha256; the bytes are the file `data` in it. */
  content(sha256: Digest): string {
    const hex = hexOf(sha256);
    return `${this.#root}/blobs/sha256/${hex.slice(0, 2)}/${hex}`;
  }

  /** Returns the folder of all content by sha256: below it one for the first byte, and in that the {@link content}. */
  get contents(): string {
    return `${this.#root}/blobs/sha256`;
  }

  /** Folder of what this program keeps beside: docker-registry doesn't look at it. */
  get own(): string {
    return `${this.#root}/_provision`;
  }

  repository(name: string): string {
    return `${this.repositories}/${name}`;
  }

  /** Returns the folder of blobs: below it one for sha256 and one for sha512, each with a folder a blob. */
  layers(name: string): string {
    return `${this.repository(name)}/_layers`;
  }

  blobLink(name: string, digest: Digest): string {
    return `${this.layers(name)}/${algorithmOf(digest)}/${hexOf(digest)}/link`;
  }

  /** Returns the folder of manifests: below it one for sha256 and one for sha512, each with a folder a manifest. */
  revisions(name: string): string {
    return `${this.repository(name)}/_manifests/revisions`;
  }

  revisionLink(name: string, digest: Digest): string {
    return `${this.revisions(name)}/${algorithmOf(digest)}/${hexOf(digest)}/link`;
  }

  /** Returns the folder of tags: below it a folder a tag. */
  tags(name: string): string {
    return `${this.repository(name)}/_manifests/tags`;
  }

  tagLink(name: string, tag: string): string {
    return `${this.tags(name)}/${tag}/current/link`;
  }

  /**
   * Returns the link of a digest that a tag once pointed at; docker-registry writes it, and its garbage collector reads
   * it.
   */
  tagHistoryLink(name: string, tag: string, digest: Digest): string {
    return `${this.tags(name)}/${tag}/index/${algorithmOf(digest)}/${hexOf(digest)}/link`;
  }

  /** Returns the folder of uploads: below it a folder an upload. */
  uploads(name: string): string {
    return `${this.repository(name)}/_uploads`;
  }

  upload(name: string, id: string): string {
    return `${this.uploads(name)}/${id}`;
  }
}
