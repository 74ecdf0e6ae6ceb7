import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { isDigest } from '../../registry/digest.js';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import { signedUntil } from '../links/link-signer.js';
import { acceptedTypes, type ChosenManifest, chooseManifest } from '../redirects/choose-manifest.js';
import type { ManifestRedirect } from '../redirects/redirect.js';
import { escapePart, jsonAnswer, redirectTo, v2Error, wrongMethod } from './answers.js';
import { fileAnswer } from './file-answer.js';
import { folderContent } from './folder-content.js';
import { catalogAnswer, tagsAnswer } from './list-answers.js';
import { manifestAnswer } from './manifest-answer.js';
import type { CraneParts, ManifestContent } from './parts.js';
import { leadsDown, type RequestPath } from './request-path.js';
import { mayRead, type Visit } from './visit.js';

const kinds: readonly string[] = ['tags', 'manifests', 'blobs'];

/** Header of each answer that is no redirect and no error, as Crane had it. */
const version = { 'Docker-Distribution-API-Version': 'registry/2.0' };

/** Answers a request of the registry's protocol, `/v2/` and below. */
export async function craneV2(
  parts: CraneParts,
  request: IncomingMessage,
  { path, query }: RequestPath,
  visit: Visit,
): Promise<ServerAnswer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD');
  if (path === '/v2/' || path === '/v2') return jsonAnswer({}, version);
  const hasContent = parts.store !== undefined || parts.folders?.v2 !== undefined;
  if (path === '/v2/_catalog' && hasContent) return catalogAnswer(visit, query);
  const asked = contentOf(path.slice('/v2/'.length).split('/'));
  const redirect = asked === undefined ? undefined : visit.tables.manifests.get(asked.name);
  if (asked === undefined || redirect === undefined || !mayRead(redirect, visit)) return v2Error(404);
  const { kind, rest } = asked;
  const chosen = chosenFor(redirect, kind, rest, request);
  if (chosen === undefined) return v2Error(404);
  const answer = await contentAnswer(parts, request, { redirect, kind, rest, chosen, query });
  return answer.status >= 300 ? answer : { ...answer, headers: { ...version, ...answer.headers } };
}

interface AskedContent {
  readonly name: string;
  /** `tags`, `manifests` or `blobs`. */
  readonly kind: string;
  /** Parts of the path behind it. */
  readonly rest: readonly string[];
}

/** Splits a path at the last word that names a kind: names may have such words as well. */
function contentOf(words: readonly string[]): AskedContent | undefined {
  const at = words.findLastIndex((word) => kinds.includes(word));
  const [kind, ...rest] = at === -1 ? [] : words.slice(at);
  if (kind === undefined || !leadsDown(rest)) return undefined;
  return { name: words.slice(0, at).join('/'), kind, rest };
}

/** Chooses what is below the address of a repository. Undefined: nothing can be there. */
function chosenFor(
  redirect: ManifestRedirect,
  kind: string,
  rest: readonly string[],
  { headers }: IncomingMessage,
): ChosenManifest | undefined {
  if (kind !== 'manifests') return { path: [kind, ...rest].join('/') };
  const [reference, ...more] = rest;
  if (reference === undefined || more.length > 0) return undefined;
  return chooseManifest(redirect, reference, acceptedTypes(headers.accept));
}

interface FoundContent extends Omit<AskedContent, 'name'> {
  readonly redirect: ManifestRedirect;
  readonly chosen: ChosenManifest;
  readonly query: URLSearchParams;
}

async function contentAnswer(
  { store: anyStore, folders, links, tagSeconds }: CraneParts,
  request: IncomingMessage,
  found: FoundContent,
): Promise<ServerAnswer> {
  const { redirect, kind, rest, chosen } = found;
  if (!leadsDown(chosen.path.split('/'))) return v2Error(404); // What the redirect file names.
  if (folders?.v2 !== undefined) {
    if (kind !== 'blobs') return smallContent(folderContent(folders.v2), request, found, tagSeconds);
    const headers = { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'public, max-age=43200' };
    const digest = rest.length === 1 && isDigest(rest[0] ?? '') ? { 'Docker-Content-Digest': rest[0] ?? '' } : {};
    const file = join(folders.v2, redirect.repository, chosen.path);
    return (await fileAnswer(file, request, { ...headers, ...digest })) ?? v2Error(404);
  }
  const store = anyStore?.has(redirect) === true ? anyStore : undefined;
  if (store !== undefined) {
    if (kind !== 'blobs') return smallContent(store, request, found, tagSeconds);
    const [digest = '', ...more] = rest;
    if (more.length > 0 || !isDigest(digest)) return v2Error(404);
    if (request.method === 'HEAD') {
      const size = await store.sizeOf(redirect, chosen.path);
      if (size === undefined) return v2Error(404);
      const headers = { 'Content-Type': 'application/octet-stream', 'Docker-Content-Digest': digest };
      return { status: 200, headers: { ...headers, 'Content-Length': size } };
    }
  }
  const url = `${redirect.url}${redirect.url.endsWith('/') ? '' : '/'}${chosen.path.split('/').map(escapePart).join('/')}`;
  const signed = links?.v2;
  const location = signed === undefined ? url : await signed.signer.sign(url, signedUntil(signed.seconds));
  return redirectTo(location, store === undefined ? 302 : 307);
}

/** Answers with a manifest or a list of tags from here. */
async function smallContent(
  content: ManifestContent,
  request: IncomingMessage,
  { redirect, kind, rest, chosen, query }: FoundContent,
  tagSeconds: number,
): Promise<ServerAnswer> {
  if (kind === 'tags' && (rest.length !== 1 || rest[0] !== 'list')) return v2Error(404);
  const bytes = await content.read(redirect, chosen.path);
  if (bytes === undefined) return v2Error(404);
  const cache = { 'Cache-Control': `public, max-age=${tagSeconds}` };
  if (kind === 'tags') return tagsAnswer(bytes, redirect.name, query, cache);
  return manifestAnswer(bytes, chosen, rest[0] ?? '', request, cache);
}
