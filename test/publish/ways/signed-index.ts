import { digestOf } from '../../../src/registry/digest.js';
import { rawManifest } from '../../../src/registry/manifest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import {
  json,
  layoutFiles,
  type MadeImage,
  makeImage,
  makeIndex,
  refName,
} from '../../registry/archives/make-image.js';
import { entriesOf, type MadeEntry } from '../../registry/archives/make-tar.js';

/** Platforms of the index. */
export const platforms = ['amd64', 'arm64'] as const;

/** Index of two platforms, and what is attached to it. */
export interface SignedIndex {
  readonly images: Readonly<Record<(typeof platforms)[number], MadeImage>>;
  readonly index: MadeImage;
  /** Signature that names the index as its subject. */
  readonly referrer: MadeImage;
  /** Signature of cosign's, under a tag. */
  readonly cosign: MadeImage;
  readonly cosignTag: string;
  readonly tag: string;
}

/** Makes an index of two platforms that is signed in both ways. @param seed text of its layers */
export function makeSignedIndex(seed: string): SignedIndex {
  const images = {
    amd64: makeImage({ layers: [`${seed} base`] }),
    arm64: makeImage({ layers: [`${seed} base`, `${seed} arm64`], architecture: 'arm64' }),
  };
  const index = makeIndex(images);
  return {
    images,
    index,
    referrer: makeImage({ layers: [`${seed} signature`], subject: index.raw }),
    cosign: cosignImage(index),
    cosignTag: `${index.raw.digest.replace(':', '-')}.sig`,
    tag: '1.0',
  };
}

/** Makes the image that cosign keeps a signature in: a layer of text. */
function cosignImage({ raw: { digest } }: MadeImage): MadeImage {
  const payload = json({
    critical: { image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' },
  });
  const config = json({
    architecture: '',
    os: '',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(payload)] },
  });
  const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
  const raw = rawManifest(
    json({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: descriptor(mediaTypes.ociConfig, config),
      layers: [descriptor('application/vnd.dev.cosign.simplesigning.v1+json', payload)],
    }),
  );
  const blobs = new Map([config, payload, Buffer.from(raw.bytes)].map((bytes) => [digestOf(bytes), bytes]));
  return { raw, config, tars: [], blobs };
}

/** Lists the entries of an archive that has them all. */
export function signedIndexEntries({ index, referrer, cosign, cosignTag, tag }: SignedIndex): MadeEntry[] {
  return entriesOf(
    layoutFiles([
      { image: index, annotations: refName(`web:${tag}`) },
      { image: referrer },
      { image: cosign, annotations: refName(`web:${cosignTag}`) },
    ]),
  );
}
