import type { FastifyReply, FastifyRequest } from 'fastify';
import { isRecord } from '../../../model/is-record.js';
import { tryBoundedJson } from '../../../registry/bounded-json.js';
import { isTag } from '../../../registry/names.js';
import { mayManagePath } from '../../access/rights/manage.js';
import { actorOf, requireAccount, senderOf } from '../../http/admit.js';
import { Problem } from '../../problem.js';
import { noUploads } from '../images/image-routes.js';
import { answerV1 } from '../v1-answer.js';
import type { V1Context } from '../v1-context.js';
import { type FoundRepository, requireLogin, requireRight, requireV1Repository } from './find-repository.js';
import { moveTagTo } from './move-tag.js';
import type { V1RepositoryPath } from './repository-path.js';
import { addTokenHeaders } from './token-headers.js';

/** Answers a PUT to a repository, or to a part of it. @throws Problem */
export async function putToRepository(
  context: V1Context,
  request: FastifyRequest,
  reply: FastifyReply,
  path: V1RepositoryPath,
): Promise<FastifyReply> {
  requireLogin(request);
  if (path.kind === 'repository' || path.kind === 'images') {
    throw noUploads(path.kind === 'images' ? 'GET, HEAD' : 'DELETE');
  }
  const found = await requireV1Repository(context, request, path.name);
  switch (path.kind) {
    case 'tag':
      await putTag(context, request, found, path.tag);
      return answerV1(reply, 200, true);
    case 'properties':
      await putProperties(context, request, found);
      return answerV1(reply, 200, true);
    case 'auth':
      requireRight(request, found, 'pull');
      await addTokenHeaders(context, request, reply, found.repository, 'write');
      return answerV1(reply, 200, 'OK');
    default:
      throw new Problem('method-not-allowed', 'This cannot be set', { headers: { Allow: 'GET, HEAD' } });
  }
}

/** Deletes a tag, or all images of a repository; layers stay until the garbage of its registry is collected. @throws Problem */
export async function deleteOfRepository(
  { parts, ...context }: V1Context,
  request: FastifyRequest,
  reply: FastifyReply,
  path: V1RepositoryPath,
): Promise<FastifyReply> {
  requireLogin(request);
  const {
    removals: { remover },
    audit,
  } = parts;
  const found = await requireV1Repository({ parts, ...context }, request, path.name);
  requireRight(request, found, 'delete');
  const { repository } = found;
  const { registry, name } = repository;
  const by = requireAccount(request).name;
  if (path.kind === 'tag') {
    if (!isTag(path.tag)) throw noTag(path.tag);
    const { digest } = await remover.removeTag(by, repository, path.tag, { forGood: false }).catch((error: unknown) => {
      throw error instanceof Problem && error.kind === 'not-found' ? noTag(path.tag) : error;
    });
    await audit.record(actorOf(request), {
      verb: 'tag.delete',
      object: `${name}:${path.tag}`,
      detail: { registry, digest },
    });
  } else {
    const { tags, digests } = await remover.removeRepository(by, repository, { forGood: false });
    const detail = { registry, tags: tags.length, images: digests.length };
    await audit.record(actorOf(request), { verb: 'repository.delete', object: name, detail });
  }
  return answerV1(reply, 200, true);
}

async function putTag(context: V1Context, request: FastifyRequest, found: FoundRepository, tag: string): Promise<void> {
  requireRight(request, found, 'push');
  if (!isTag(tag)) throw new Problem('invalid-request', 'Invalid tag name (must match ^[\\w][\\w.-]{0,127}$)');
  const id = bodyOf(request);
  if (typeof id !== 'string') throw new Problem('invalid-request', 'Invalid data');
  const { registry, name } = found.repository;
  const digest = await moveTagTo(context, requireAccount(request).name, found.repository, tag, id);
  const detail = { registry, digest };
  await context.parts.audit.record(actorOf(request), { verb: 'tag.set', object: `${name}:${tag}`, detail });
}

async function putProperties({ parts }: V1Context, request: FastifyRequest, found: FoundRepository): Promise<void> {
  const { registry, name } = found.repository;
  // A login or token of registries alone says nothing of who may see what.
  if (!mayManagePath(found.viewer.subject, registry, name) || senderOf(request).api !== 'write') {
    throw new Problem('forbidden', `This takes an owner of ${name}`);
  }
  const body = bodyOf(request);
  const access = isRecord(body) ? body.access : undefined;
  if (access !== 'private' && access !== 'public') throw new Problem('invalid-request', 'Invalid data');
  await parts.rights.setVisibility(registry, name, access);
  const detail = { registry, visibility: access };
  await parts.audit.record(actorOf(request), { verb: 'visibility.set', object: name, detail });
}

/** Returns the body of a request as JSON, whatever it calls itself; undefined: it is none. */
function bodyOf({ body }: FastifyRequest): unknown {
  return typeof body === 'string' ? tryBoundedJson(body) : undefined;
}

function noTag(tag: string): Problem {
  return new Problem('not-found', `Tag not found: ${tag.slice(0, 128)}`);
}
