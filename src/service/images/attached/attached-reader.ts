import type { z } from 'zod';
import type { Registry } from '../../../registry/client/registry.js';
import { readBytes } from '../../../registry/client/wire/read-text.js';
import type { Digest } from '../../../registry/digest.js';
import { blobsIn, type Descriptor, readManifest } from '../../../registry/manifest.js';
import { mediaTypes } from '../../../registry/media-types.js';
import { notFound } from '../../problem.js';
import type { referrerContent } from '../../schemas/image-details.js';
import type { AtRegistry, ChangedPlace } from '../at-registry.js';
import { foreignTextOf } from './foreign-values.js';
import { type AttachedContent, parseSbom } from './parse-sbom.js';
import { parseBundle, parseCosign, parseNotation } from './parse-signature.js';
import { parseStatement, statementDocumentOf, statementInEnvelope } from './parse-statement.js';

export type ReferrerContent = z.output<typeof referrerContent>;

/** Bytes of all that one answer is made of. */
const mostBytes = 8 << 20;
/** Layers of one manifest that are read, answers that are kept, characters of what they are as JSON. */
const mostLayers = 50;
const mostKept = 200;
const mostKeptText = 32 << 20;
/** Characters of a text that is nothing known. */
const mostText = 4096;

/** Reader of what is about images: it reads a digest once, and tells what stands there. Nothing of it is verified. */
export class AttachedReader {
  readonly #at: AtRegistry;
  /** Answers by digest, the one that was used last at the end. */
  readonly #kept = new Map<string, { readonly content: ReferrerContent; readonly size: number }>();
  #size = 0;

  constructor(at: AtRegistry) {
    this.#at = at;
  }

  /** Reads the content of a manifest about an image, in the name of an account. @throws Problem */
  async read(by: string, place: ChangedPlace, digest: Digest): Promise<ReferrerContent> {
    const known = this.#kept.get(digest);
    if (known !== undefined) {
      this.#kept.delete(digest);
      this.#kept.set(digest, known);
      return known.content;
    }
    const content = await this.#at.read(by, place, (registry) => readAttached(registry, place.name, digest));
    this.#keep(digest, content);
    return content;
  }

  #keep(digest: string, content: ReferrerContent): void {
    const size = JSON.stringify(content).length;
    this.#kept.set(digest, { content, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#kept) {
      if (this.#kept.size <= mostKept && this.#size <= mostKeptText) break;
      this.#kept.delete(oldest);
      this.#size -= freed;
    }
  }
}

async function readAttached(registry: Registry, repository: string, digest: Digest): Promise<ReferrerContent> {
  const raw = await registry.manifest(repository, digest);
  if (raw === undefined) throw notFound(`manifest ${digest} in ${repository}`);
  const manifest = readManifest(raw, `${repository}@${digest}`);
  const isConfig = ({ mediaType }: Descriptor) =>
    mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig || mediaType === mediaTypes.ociEmpty;
  const layers = blobsIn(manifest).filter((blob) => !isConfig(blob) && blob.size > 2);
  let left = mostBytes;
  const contents: AttachedContent[] = [];
  let truncated = layers.length > mostLayers;
  for (const layer of layers.slice(0, mostLayers)) {
    if (layer.size > left) {
      truncated = true;
      continue;
    }
    left -= layer.size;
    const bytes = await readBytes(await registry.blob(repository, layer), layer.size);
    contents.push(contentOf(layer, bytes.toString('utf8')));
  }
  truncated ||= contents.some((each) => each.kind === 'sbom' && each.packages.length < each.count);
  return { digest, artifactType: manifest.artifactType ?? '', verified: false, contents, truncated };
}

/** Returns what a layer holds: the types say little, so what it is decides. */
function contentOf({ mediaType, annotations = {} }: Descriptor, text: string): AttachedContent {
  const value = statementDocumentOf(text);
  if (mediaType === 'application/vnd.dev.cosign.simplesigning.v1+json') return parseCosign(value, annotations);
  const statement = parseStatement(value, mediaType) ?? parseStatement(statementInEnvelope(value), mediaType);
  if (statement !== undefined && !isSignedName(statement)) return statement;
  return (
    parseSbom(value) ??
    parseBundle(value) ??
    (/jose/.test(mediaType) ? parseNotation(value) : undefined) ??
    statement ?? {
      kind: 'other',
      mediaType,
      predicateType: foreignTextOf(annotations['in-toto.io/predicate-type']),
      text: value === undefined ? '' : text.slice(0, mostText),
    }
  );
}

/** Returns true for the statement by which cosign signs: it says nothing but the digest. */
function isSignedName(content: AttachedContent): boolean {
  return (
    content.kind === 'attestation' &&
    /cosign\.sigstore\.dev\/(attestation\/)?sign\/v1|sigstore\.dev\/cosign\/sign/.test(content.predicateType)
  );
}
