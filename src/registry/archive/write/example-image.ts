import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../../digest.js';
import { rawManifest, readManifest } from '../../manifest.js';
import { mediaTypes } from '../../media-types.js';
import { layoutBlobPath } from '../read/read-oci-layout.js';
import { tarBlock, tarHeader, tarPadding } from '../trees/tar/tar-header.js';
import { layoutDocuments } from './layout-documents.js';

/** Name of the example in its archive. */
export const exampleName = 'quickstart/hello:1.0';

const hello = 'Hello. This image was made by provision, and came from your own registry.\n';

/**
 * Makes an OCI archive with one small image, for linux/amd64 and linux/arm64: a layer with /hello.txt. The bytes are
 * the same on every machine, as its gzip doesn't compress.
 */
export function exampleImage(): Buffer {
  const blobs = new Map<Digest, Buffer>();
  const add = (mediaType: string, bytes: Buffer) => {
    blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const layerTar = tar([{ path: 'hello.txt', bytes: Buffer.from(hello) }]);
  const layer = add(mediaTypes.ociLayerGzip, storeAsGzip(layerTar));
  const manifests = ['amd64', 'arm64'].map((architecture) => {
    const platform = { architecture, os: 'linux' };
    const created = '1970-01-01T00:00:00Z';
    const config = {
      created,
      ...platform,
      config: { Labels: { 'org.opencontainers.image.title': 'hello' } },
      rootfs: { type: 'layers', diff_ids: [digestOf(layerTar)] },
      history: [{ created, created_by: 'provision' }],
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: add(mediaTypes.ociConfig, json(config)),
      layers: [layer],
    };
    return { ...add(mediaTypes.ociManifest, json(manifest)), platform };
  });
  const raw = rawManifest(json({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  blobs.set(raw.digest, Buffer.from(raw.bytes));
  const image = { name: exampleName, raw, manifest: readManifest(raw, exampleName) };
  const documents = layoutDocuments([image], (digest) => {
    const bytes = blobs.get(digest);
    return bytes === undefined ? undefined : readManifest(rawManifest(bytes), digest);
  });
  const files = [...blobs].map(([digest, bytes]) => ({ path: layoutBlobPath(digest), bytes }));
  return tar([...documents, ...files.sort((a, b) => (a.path < b.path ? -1 : 1))]);
}

function tar(files: readonly { readonly path: string; readonly bytes: Buffer }[]): Buffer {
  const entries = files.flatMap(({ path, bytes }) => [
    tarHeader({ name: path, type: '0', size: bytes.length, link: '' }),
    bytes,
    tarPadding(bytes.length),
  ]);
  return Buffer.concat([...entries, Buffer.alloc(2 * tarBlock)]);
}

/**
 * Stores bytes as gzip. The header's hints of level and system (bytes 8 and 9; RFC 1952, 2.3.1) vary between builds of
 * zlib, and are set.
 */
function storeAsGzip(bytes: Buffer): Buffer {
  const packed = gzipSync(bytes, { level: 0 });
  packed.set([0, 255], 8);
  return packed;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
