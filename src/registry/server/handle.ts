import type { IncomingMessage } from 'node:http';
import type { Caller } from './access/caller.js';
import { json, notAllowed, type ServerAnswer } from './answers/answer.js';
import { deleteBlob, getBlob } from './answers/answer-blob.js';
import { getCatalog, getReferrers, getTags } from './answers/answer-lists.js';
import { deleteManifest, getManifest } from './answers/answer-manifest.js';
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from './answers/answer-upload.js';
import { putManifest } from './answers/put-manifest.js';
import type { ServerRoute } from './answers/route.js';
import type { PullThrough } from './pull-through/pull-through.js';
import type { Store } from './store.js';

/** Answers a request about the storage: which of its paths takes which methods. */
export async function handle(
  store: Store,
  request: IncomingMessage,
  route: Exclude<ServerRoute, { kind: 'metrics' | 'token' | 'upkeep' }>,
  query: URLSearchParams,
  caller: Caller,
  upstream?: PullThrough,
): Promise<ServerAnswer> {
  const { method = '' } = request;
  const reads = method === 'GET' || method === 'HEAD';
  if (route.kind === 'refused') return method === 'PUT' ? route.answer : (route.unlessPut ?? route.answer);
  if (!reads && store.rules.readOnly) return notAllowed('GET, HEAD', 'the registry is read-only');
  if (upstream !== undefined && !reads && (method !== 'DELETE' || route.kind === 'upload')) {
    return notAllowed(
      'GET, HEAD, DELETE',
      'the registry is a pull-through cache: push to the one that it fetches from',
    );
  }
  switch (route.kind) {
    case 'health':
      return reads ? { status: 200 } : notAllowed('GET, HEAD');
    case 'storage-health':
      return reads ? await getHealth(store) : notAllowed('GET, HEAD');
    case 'base':
      return reads ? json(200, {}) : notAllowed('GET, HEAD');
    case 'catalog':
      return reads ? await getCatalog(store, query, caller) : notAllowed('GET, HEAD');
    case 'tags':
      if (!reads) return notAllowed('GET, HEAD');
      return (await upstream?.tags(route.name, query)) ?? (await getTags(store, route.name, query));
    case 'referrers':
      if (!reads) return notAllowed('GET, HEAD');
      if (upstream !== undefined) return await upstream.referrers(route.name, route.digest, query);
      return await getReferrers(store, route.name, route.digest, query);
    case 'blob':
      if (reads && upstream !== undefined) return await upstream.blob(request, route.name, route.digest);
      if (reads) return await getBlob(store, request, route.name, route.digest);
      if (method !== 'DELETE') return notAllowed('GET, HEAD, DELETE');
      return deletes(store, 'GET, HEAD') ?? (await deleteBlob(store, route.name, route.digest));
    case 'manifest':
      if (reads && upstream !== undefined) return await upstream.manifest(request, route.name, route.reference);
      if (reads) return await getManifest(store, request, route.name, route.reference);
      if (method === 'PUT') return await putManifest(store, request, route.name, route.reference, query);
      if (method !== 'DELETE') return notAllowed('GET, HEAD, PUT, DELETE');
      return deletes(store, 'GET, HEAD, PUT') ?? (await deleteManifest(store, route.name, route.reference));
    case 'uploads':
      return method === 'POST' ? await postUpload(store, request, route.name, query, caller) : notAllowed('POST');
    case 'upload':
      if (reads) return await getUpload(store, route.name, route.id);
      if (method === 'PATCH') return await patchUpload(store, request, route.name, route.id);
      if (method === 'PUT') return await putUpload(store, request, route.name, route.id, query);
      if (method === 'DELETE') return await deleteUpload(store, request, route.name, route.id);
      return notAllowed('GET, HEAD, PATCH, PUT, DELETE');
  }
}

async function getHealth({ health }: Store): Promise<ServerAnswer> {
  const problem = await health.problem();
  return problem === undefined ? json(200, { status: 'ok' }) : json(503, { status: problem });
}

function deletes({ rules }: Store, others: string): ServerAnswer | undefined {
  return rules.deletes ? undefined : notAllowed(others, 'deleting is switched off');
}
