import { isUtf8 } from 'node:buffer';
import { isRecord } from '../../../model/is-record.js';
import { isIndexType, isSchema1Type } from '../../media-types.js';
import { type ReadManifest, readManifestJson } from '../storage/manifest-text.js';
import { wrongField } from './field-types.js';
import { type NumberPlace, scanJson } from './scan-json.js';

/**
 * Reads a manifest that a client pushes. It is held to more than one that lies in the storage: to the types of
 * image-spec, and to be either an image or an index (GHSA-77vh-xpmg-72qh). Whatever is in its bytes, they are scanned
 * once, and parsed where they hold a bounded number of values.
 */
export function pushedManifest(bytes: Uint8Array): ReadManifest {
  // Readers differ in what they make of other bytes: refuse, replace, or take two keys for one (RFC 8259, 8.1).
  if (!isUtf8(bytes)) return { ok: false, why: 'it is not UTF-8' };
  const why = scanJson(bytes, wantsWhole);
  if (why !== undefined) return { ok: false, why };
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
  const read = readManifestJson(json);
  if (!read.ok || !isRecord(json) || isSchema1Type(read.manifest.mediaType)) return read;
  const wrong = wrongField(json) ?? ambiguity(json, read.manifest.mediaType);
  return wrong === undefined ? read : { ok: false, why: wrong };
}

/** Returns why one reader may take a document for an image and another for an index. */
function ambiguity(fields: Readonly<Record<string, unknown>>, mediaType: string): string | undefined {
  const others = isIndexType(mediaType) ? ['config', 'layers', 'fsLayers'] : ['manifests', 'fsLayers'];
  const other = others.find((key) => (fields[key] ?? null) !== null);
  return other === undefined ? undefined : `it is ${mediaType}, and has ${other}, too`;
}

function wantsWhole({ top, key, depth }: NumberPlace): boolean {
  if (depth === 1) return key === 'schemaVersion';
  if (key !== 'size') return false;
  return top === 'layers' || top === 'manifests' ? depth === 3 : (top === 'config' || top === 'subject') && depth === 2;
}
