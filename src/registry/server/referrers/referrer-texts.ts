import { createHash } from 'node:crypto';
import type { Digest } from '../../digest.js';
import { BoundedMap } from '../bounded-map.js';
import { readContent } from '../storage/content.js';
import type { Layout } from '../storage/layout.js';
import { readLink } from '../storage/links.js';
import { type ManifestText, manifestText } from '../storage/manifest-text.js';

/** Bytes of descriptors that are kept in memory; others are read from the storage when they are listed. */
const mostBytes = 32 << 20;

/** Manifest as it was read: what it is about, and how the list of referrers describes it (distribution-spec end-12a). */
export interface DescribedManifest {
  readonly sha256: Digest;
  readonly subject: Digest | undefined;
  /** Key of its type, see {@link typeKey}. */
  readonly type: string | undefined;
  /** Its descriptor as JSON; empty where it refers to nothing. */
  readonly descriptor: Buffer;
}

/** Reader of the descriptors of referrers, as JSON. Each is made once, and again where memory had no room for it. */
export class ReferrerTexts {
  readonly #texts = new BoundedMap<Digest, Buffer>(mostBytes, ({ length }) => length);

  readonly #layout: Layout;
  readonly #most: number;

  /** @param most bytes of a manifest: what is larger refers to nothing */
  constructor(layout: Layout, most: number) {
    this.#layout = layout;
    this.#most = most;
  }

  /** Reads a manifest of a repository; undefined where it isn't there. */
  async describe(name: string, digest: Digest): Promise<DescribedManifest | undefined> {
    const sha256 = await readLink(this.#layout.revisionLink(name, digest));
    const bytes = sha256 === undefined ? undefined : await readContent(this.#layout, sha256, this.#most);
    if (sha256 === undefined || bytes === undefined) return undefined;
    const text = manifestText(bytes);
    if (!text.ok || text.manifest.subject === undefined)
      return { sha256, subject: undefined, type: undefined, descriptor: Buffer.alloc(0) };
    const { subject, artifactType = '' } = text.manifest;
    const descriptor = descriptorText(text.manifest, digest, bytes.length);
    this.#texts.set(digest, descriptor);
    const type = artifactType === '' ? undefined : typeKey(artifactType);
    return { sha256, subject, type, descriptor };
  }

  /** Returns the descriptor of a referrer; undefined where it isn't there any more. */
  async read(name: string, digest: Digest): Promise<Buffer | undefined> {
    return this.#texts.get(digest) ?? (await this.describe(name, digest))?.descriptor;
  }
}

/** Returns a short text that stands for an artifact's type, of which a client may make megabytes. */
export function typeKey(artifactType: string): string {
  return artifactType.length <= 256 ? artifactType : createHash('sha256').update(artifactType).digest('hex');
}

function descriptorText({ mediaType, artifactType, annotations }: ManifestText, digest: Digest, size: number): Buffer {
  // Others may have written what isn't text: clients that are strict would refuse all of the list.
  const texts = Object.entries(annotations ?? {}).filter(([, value]) => typeof value === 'string');
  return Buffer.from(
    JSON.stringify({
      mediaType,
      digest,
      size,
      ...(artifactType === undefined || artifactType === '' ? {} : { artifactType }),
      ...(annotations === undefined ? {} : { annotations: Object.fromEntries(texts) }),
    }),
  );
}
