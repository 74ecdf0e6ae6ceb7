import { type Digest, isDigest } from '../../digest.js';
import { isRepository, isTag } from '../../names.js';
import type { ManifestReference } from '../storage/manifest-cache.js';
import { isUploadId } from '../uploads/upload-session.js';
import { refusal, type ServerAnswer } from './answer.js';

/** Meaning of a path; every name in it is checked. */
export type ServerRoute =
  | { readonly kind: 'base' }
  | { readonly kind: 'health' }
  /** Asked for by whoever watches the server: it has no account. */
  | { readonly kind: 'storage-health' }
  | { readonly kind: 'metrics' }
  /** Of this registry alone; for administrators. */
  | { readonly kind: 'upkeep'; readonly task: 'gc' | 'scrub' }
  | { readonly kind: 'token' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'manifest'; readonly name: string; readonly reference: ManifestReference }
  | { readonly kind: 'blob'; readonly name: string; readonly digest: Digest }
  | { readonly kind: 'uploads'; readonly name: string }
  | { readonly kind: 'upload'; readonly name: string; readonly id: string }
  | { readonly kind: 'tags'; readonly name: string }
  | { readonly kind: 'referrers'; readonly name: string; readonly digest: Digest }
  /** `unlessPut`: the answer to other methods than PUT, where it is another. */
  | { readonly kind: 'refused'; readonly answer: ServerAnswer; readonly unlessPut?: ServerAnswer };

/** Finds out what a path is about. A name may have parts named as the protocol's own words, so it is read from its end. */
export function routeOf(path: string, metricsPath: string): ServerRoute {
  if (path === '/v2/' || path === '/v2') return { kind: 'base' };
  if (path === '/v2/token') return { kind: 'token' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  if (path === metricsPath) return { kind: 'metrics' };
  if (path === '/_provision/gc') return { kind: 'upkeep', task: 'gc' };
  if (path === '/_provision/scrub') return { kind: 'upkeep', task: 'scrub' };
  if (path === '/') return { kind: 'health' };
  if (path === '/healthz' || path === '/readyz') return { kind: 'storage-health' };
  if (!path.startsWith('/v2/')) return refusedRoute(404, 'UNSUPPORTED', `there is nothing at ${path}`);
  const decoded = decodePath(path);
  if (decoded === undefined) return refusedRoute(400, 'NAME_INVALID', 'the path is not well encoded');
  const parts = decoded.slice('/v2/'.length).split('/');
  const last = parts.at(-1) ?? '';
  const before = parts.at(-2);
  if (before === 'manifests') return nameRoute(parts.slice(0, -2), (name) => manifestRoute(name, last));
  if (before === 'referrers') return nameRoute(parts.slice(0, -2), (name) => digestRoute('referrers', name, last));
  if (before === 'tags' && last === 'list') return nameRoute(parts.slice(0, -2), (name) => ({ kind: 'tags', name }));
  if (before === 'uploads' && parts.at(-3) === 'blobs') {
    return nameRoute(parts.slice(0, -3), (name) => uploadRoute(name, last));
  }
  if (before === 'blobs' && last === 'uploads')
    return nameRoute(parts.slice(0, -2), (name) => ({ kind: 'uploads', name }));
  if (before === 'blobs') return nameRoute(parts.slice(0, -2), (name) => digestRoute('blob', name, last));
  return refusedRoute(404, 'UNSUPPORTED', `there is nothing at ${path}`);
}

function decodePath(path: string): string | undefined {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // A lone % or half a character: the caller says so.
  }
}

function nameRoute(parts: readonly string[], route: (name: string) => ServerRoute): ServerRoute {
  const name = parts.join('/');
  return isRepository(name) ? route(name) : refusedRoute(400, 'NAME_INVALID', 'invalid repository name', { name });
}

function manifestRoute(name: string, text: string): ServerRoute {
  if (isDigest(text)) return { kind: 'manifest', name, reference: { kind: 'digest', digest: text } };
  if (isTag(text)) return { kind: 'manifest', name, reference: { kind: 'tag', tag: text } };
  const answer = text.includes(':')
    ? refusal(400, 'DIGEST_INVALID', 'not a digest of sha256 or sha512', { digest: text })
    : refusal(400, 'TAG_INVALID', 'not a tag', { tag: text });
  // Nothing can be there under it: the conformance suite of 1.1 wants to be told just that.
  return {
    kind: 'refused',
    answer,
    unlessPut: refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { reference: text }),
  };
}

function digestRoute(kind: 'blob' | 'referrers', name: string, text: string): ServerRoute {
  if (isDigest(text)) return { kind, name, digest: text };
  return refusedRoute(400, 'DIGEST_INVALID', 'not a digest of sha256 or sha512', { digest: text });
}

function uploadRoute(name: string, id: string): ServerRoute {
  if (id === '') return { kind: 'uploads', name };
  return isUploadId(id)
    ? { kind: 'upload', name, id }
    : refusedRoute(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
}

function refusedRoute(...parts: Parameters<typeof refusal>): ServerRoute {
  return { kind: 'refused', answer: refusal(...parts) };
}
