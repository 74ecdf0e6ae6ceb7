import type { FastifyReply, FastifyRequest } from 'fastify';
import { visibilityOf } from '../../access/rights/decide.js';
import { noSuchRoute } from '../../http/answer-problem.js';
import { Problem } from '../../problem.js';
import type { RepositoryRow } from '../../store/tables.js';
import { rememberLayers } from '../images/remember-layers.js';
import { listImages, listTaggedImages, type TaggedImage } from '../images/tagged-images.js';
import { answerV1 } from '../v1-answer.js';
import type { V1Context } from '../v1-context.js';
import { absent, requireRight, requireV1Repository } from './find-repository.js';
import type { V1RepositoryPath } from './repository-path.js';
import { addTokenHeaders } from './token-headers.js';

/** Answers a GET of a repository, or of a part of it. @throws Problem */
export async function readRepository(
  context: V1Context,
  request: FastifyRequest,
  reply: FastifyReply,
  path: V1RepositoryPath,
): Promise<FastifyReply> {
  const found = await requireV1Repository(context, request, path.name);
  const { repository, viewer } = found;
  const { database } = context.parts.index;
  const tags = () => listTaggedImages(database, repository.id);
  switch (path.kind) {
    case 'tags':
      return answerV1(reply, 200, Object.fromEntries((await tags()).map(({ tag, id }) => [tag, id])));
    case 'tag': {
      const image = (await tags()).find(({ tag }) => tag === path.tag);
      if (image === undefined) throw absent(request, 'Tag not found');
      return answerV1(reply, 200, image.id);
    }
    case 'details':
      return answerV1(reply, 200, await detailsOf(context, repository, await tags(), 'latest'));
    case 'tag-details':
      return answerV1(reply, 200, await detailsOf(context, repository, await tags(), path.tag));
    case 'properties': {
      const place = { registry: repository.registry, repository: repository.name };
      const { visibility } = visibilityOf(place, viewer.visibilities);
      return answerV1(reply, 200, { access: visibility === 'public' ? 'public' : 'private' });
    }
    case 'images': {
      requireRight(request, found, 'pull');
      const { images, chains } = await listImages(database, repository.id, await tags());
      if (images.length === 0) throw new Problem('not-found', 'images not found');
      await rememberLayers(database, chains);
      await addTokenHeaders(context, request, reply, repository, 'read');
      return answerV1(
        reply,
        200,
        images.map(({ id, layer }) => ({ id, ...(layer === undefined ? {} : { checksum: layer }) })),
      );
    }
    case 'auth':
    case 'repository':
      throw noSuchRoute(request);
  }
}

/** Returns what was once told of the engine that pushed: of today's images the platform and the time are known. */
async function detailsOf(
  { parts }: V1Context,
  repository: RepositoryRow,
  tags: readonly TaggedImage[],
  tag: string,
): Promise<Record<string, unknown>> {
  const image = tags.find((each) => each.tag === tag);
  const { db } = parts.index.database;
  const manifest =
    image === undefined
      ? undefined
      : await db.selectFrom('manifests').select('platform').where('digest', '=', image.manifest).executeTakeFirst();
  const pushed = await db
    .selectFrom('tags')
    .select('pushed_at')
    .where('repository_id', '=', repository.id)
    .where('name', '=', tag)
    .executeTakeFirst();
  const [os = '', arch = ''] = (manifest?.platform ?? '').split('/');
  const none = { docker_go_version: null, docker_version: null, kernel: null };
  const at = pushed === undefined ? null : Math.floor(Number(pushed.pushed_at) / 1000);
  return { ...none, arch: arch === '' ? 'amd64' : arch, last_update: at, os: os === '' ? 'linux' : os };
}
