import type { IncomingMessage } from 'node:http';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import { craneV1 } from './answer-v1.js';
import { craneV2 } from './answer-v2.js';
import { plainError } from './answers.js';
import type { Identify } from './entitlements/client-certificate.js';
import type { CraneParts } from './parts.js';
import { repositoriesPage } from './repositories-page.js';
import { requestPath } from './request-path.js';

/** Answers a request as Crane did. @throws Error where a store or a file fails */
export async function answerRequest(
  parts: CraneParts,
  identify: Identify,
  request: IncomingMessage,
): Promise<ServerAnswer> {
  const at = requestPath(request.url ?? '/');
  if (request.method === 'OPTIONS') return { status: 200, headers: { Allow: 'GET, HEAD, OPTIONS' } };
  if (at === undefined) return plainError(404);
  const { tables } = parts.redirects;
  switch (at.path) {
    case '/crane/repositories':
    case '/crane/repositories/v1':
      return repositoriesPage(tables, 'v1', request);
    case '/crane/repositories/v2':
      return repositoriesPage(tables, 'v2', request);
  }
  const visit = { tables, entitlement: await identify(request) };
  if (at.path.startsWith('/v1/')) return craneV1(parts, request, at, visit);
  if (at.path === '/v2' || at.path.startsWith('/v2/')) return craneV2(parts, request, at, visit);
  return plainError(404);
}
