import { algorithmOf, type Digest, digestOf } from '../../digest.js';
import { BoundedMap } from '../bounded-map.js';
import { StorageError } from './files.js';
import type { Layout } from './layout.js';
import { readLinkNow } from './links.js';
import { manifestText } from './manifest-text.js';
import { plainSizeNow, readPlainNow } from './plain-file.js';
import { leadsOut } from './within-storage.js';

/** Reference of a manifest in a path: a tag or a digest (distribution-spec, `<reference>`). */
export type ManifestReference =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'digest'; readonly digest: Digest };

/** A manifest as it is sent. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

const mostBytes = 32 << 20;

/**
 * Cache of manifests' bytes, which never change under a digest. The storage is asked each time whether a tag or digest
 * is there, since another process may write to it. These one or two small reads are synchronous: a thread would take
 * longer.
 */
export class ManifestCache {
  readonly #known = new BoundedMap<Digest, StoredManifest>(mostBytes, ({ bytes }) => bytes.length);

  readonly #layout: Layout;
  readonly #most: number;

  /** @param most bytes of a manifest */
  constructor(layout: Layout, most: number) {
    this.#layout = layout;
    this.#most = most;
  }

  /** Reads the manifest of a tag or digest; undefined when there is none. @throws Error when its bytes are damaged */
  read(name: string, reference: ManifestReference): StoredManifest | undefined {
    const digest = reference.kind === 'digest' ? reference.digest : this.digestOfTag(name, reference.tag);
    return digest === undefined ? undefined : this.#byDigest(name, digest);
  }

  /** Returns the digest that a tag points at. */
  digestOfTag(name: string, tag: string): Digest | undefined {
    return readLinkNow(this.#layout.tagLink(name, tag));
  }

  has(name: string, digest: Digest): boolean {
    return isLinked(this.#layout.revisionLink(name, digest));
  }

  #byDigest(name: string, digest: Digest): StoredManifest | undefined {
    const link = this.#layout.revisionLink(name, digest);
    const known = this.#known.get(digest);
    if (known !== undefined) return isLinked(link) ? known : undefined;
    const sha256 = readLinkNow(link);
    const bytes = sha256 === undefined ? undefined : this.#content(sha256);
    if (bytes === undefined) return undefined;
    const read = manifestText(bytes);
    if (!read.ok) throw new StorageError(`the manifest ${digest} of ${name} is damaged: ${read.why}`);
    const { mediaType } = read.manifest;
    // The digest of schema 1 leaves its signatures out.
    if (!mediaType.includes('.v1+') || mediaType.includes('.oci.')) {
      if (digestOf(bytes, algorithmOf(digest)) !== digest)
        throw new StorageError(`the manifest ${digest} of ${name} is damaged`);
    }
    return this.#keep({ digest, mediaType, bytes });
  }

  #content(sha256: Digest): Buffer | undefined {
    const path = `${this.#layout.content(sha256)}/data`;
    return leadsOut(this.#layout, path) ? undefined : readPlainNow(path, this.#most);
  }

  #keep(manifest: StoredManifest): StoredManifest {
    if (manifest.bytes.length <= mostBytes / 32) this.#known.set(manifest.digest, manifest);
    return manifest;
  }
}

function isLinked(path: string): boolean {
  return (plainSizeNow(path) ?? 0) > 0;
}
