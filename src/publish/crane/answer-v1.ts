import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import { signedUntil } from '../links/link-signer.js';
import type { ImageRedirect } from '../redirects/redirect.js';
import { jsonAnswer, plainError, redirectTo, wrongMethod } from './answers.js';
import { fileAnswer } from './file-answer.js';
import type { CraneParts } from './parts.js';
import { leadsDown, type RequestPath } from './request-path.js';
import { answerSearch } from './search/answer-search.js';
import { mayRead, type Visit } from './visit.js';

/** Headers by which clients take it for the first docker-registry. */
const common = { 'X-Docker-Registry-Version': '0.6.6', 'X-Docker-Registry-Config': 'common' };
const standalone = { 'X-Docker-Registry-Standalone': 'True' };

/** Files of an image, and their types. */
const imageFiles: ReadonlyMap<string, string> = new Map([
  ['ancestry', 'application/json'],
  ['json', 'application/json'],
  ['layer', 'application/octet-stream'],
]);

/** Answers a request of the first protocol, below `/v1/`. */
export async function craneV1(
  parts: CraneParts,
  request: IncomingMessage,
  at: RequestPath,
  visit: Visit,
): Promise<ServerAnswer> {
  const answer = await withoutHeaders(parts, request, at, visit);
  return { ...answer, headers: { ...answer.headers, ...common } };
}

async function withoutHeaders(
  parts: CraneParts,
  request: IncomingMessage,
  { path, query }: RequestPath,
  visit: Visit,
): Promise<ServerAnswer> {
  const words = path.slice('/v1/'.length).split('/');
  const isUsers = path === '/v1/users' || path === '/v1/users/';
  if (request.method === 'POST' && isUsers) return jsonAnswer('User Created', standalone, 201);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return wrongMethod(isUsers ? 'GET, HEAD, POST' : 'GET, HEAD');
  if (isUsers) return jsonAnswer('OK', standalone);
  if (path === '/v1/_ping') return jsonAnswer(true, standalone);
  if (path === '/v1/search') return answerSearch(parts.search, query.get('q') ?? '', visit);
  const [first = '', ...rest] = words;
  if (first === 'images' && rest.length === 2) return imageFile(parts, request, rest[0] ?? '', rest[1] ?? '', visit);
  if (first === 'repositories') return repository(parts, request, rest, visit);
  return plainError(404);
}

function repository(
  { endpoint }: CraneParts,
  { headers }: IncomingMessage,
  words: readonly string[],
  visit: Visit,
): ServerAnswer {
  const [last = '', before = ''] = [words.at(-1), words.at(-2)];
  if (before === 'tags' && words.length > 2) {
    const found = redirectOf(words.slice(0, -2), visit);
    const image = found !== undefined && Object.hasOwn(found.tags, last) ? found.tags[last] : undefined;
    return image === undefined ? plainError(404) : jsonAnswer(image);
  }
  const found = redirectOf(words.slice(0, -1), visit);
  if (found === undefined) return plainError(404);
  switch (last) {
    case 'tags':
      return jsonAnswer(found.tags);
    case 'images': {
      const host = endpoint || (headers.host ?? '');
      const named = /^[\w.:[\]-]+$/.test(host) ? { 'X-Docker-Endpoints': host } : undefined;
      return jsonAnswer(
        found.images.map((id) => ({ id })),
        named,
      );
    }
    default:
      return plainError(404);
  }
}

/** Finds a repository that a visitor may read. docker puts `library/` before a name of one word. */
function redirectOf(words: readonly string[], visit: Visit): ImageRedirect | undefined {
  if (words.length > 2) return undefined;
  const name = words.join('/').replace(/^library\//, '');
  const redirect = visit.tables.images.get(name);
  return redirect !== undefined && mayRead(redirect, visit) ? redirect : undefined;
}

async function imageFile(
  { links, folders, store }: CraneParts,
  request: IncomingMessage,
  id: string,
  file: string,
  visit: Visit,
): Promise<ServerAnswer> {
  const type = imageFiles.get(file);
  const redirect = visit.tables.holders.get(id)?.find((each) => mayRead(each, visit));
  if (type === undefined || redirect === undefined) return plainError(404);
  if (folders?.v1 !== undefined && leadsDown([redirect.repository, id])) {
    const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=43200' };
    return (await fileAnswer(join(folders.v1, redirect.repository, id, file), request, headers)) ?? plainError(404);
  }
  // An address that is signed for GET is no good for HEAD.
  if (request.method === 'HEAD' && store?.has(redirect) === true) {
    const size = await store.sizeOf(redirect, `${id}/${file}`);
    if (size === undefined) return plainError(404);
    return { status: 200, headers: { 'Content-Type': type, 'Content-Length': size } };
  }
  const url = `${redirect.url}${redirect.url.endsWith('/') ? '' : '/'}${id}/${file}`;
  const signed = links?.v1;
  return redirectTo(signed === undefined ? url : await signed.signer.sign(url, signedUntil(signed.seconds)));
}
