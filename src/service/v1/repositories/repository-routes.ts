import type { FastifyRequest } from 'fastify';
import type { ServiceApp } from '../../http/bare-app.js';
import { v1Done, v1RepositoryAnswer, v1RepositoryPath } from '../../schemas/v1.js';
import type { V1Context } from '../v1-context.js';
import { deleteOfRepository, putToRepository } from './change-repository.js';
import { absent } from './find-repository.js';
import { readRepository } from './read-repository.js';
import { readRepositoryPath, type V1RepositoryPath } from './repository-path.js';

const config = { needs: 'anybody', own: true } as const;

/** Adds the routes of repositories and their tags. A name may have any number of parts, so each method has one route. */
export function addV1RepositoryRoutes(app: ServiceApp, context: V1Context): void {
  const params = v1RepositoryPath;
  app.get(
    '/repositories/*',
    {
      config,
      schema: { summary: 'Reads tags and more of a repository of v1', params, response: { 200: v1RepositoryAnswer } },
    },
    async (request, reply) => readRepository(context, request, reply, meaning(request, 'GET', request.params['*'])),
  );
  app.put(
    '/repositories/*',
    {
      config,
      schema: { summary: 'Sets a tag or a property of a repository of v1', params, response: { 200: v1Done } },
    },
    async (request, reply) => putToRepository(context, request, reply, meaning(request, 'PUT', request.params['*'])),
  );
  app.delete(
    '/repositories/*',
    { config, schema: { summary: 'Deletes a tag or a repository of v1', params, response: { 200: v1Done } } },
    async (request, reply) =>
      deleteOfRepository(context, request, reply, meaning(request, 'DELETE', request.params['*'])),
  );
}

function meaning(request: FastifyRequest, method: 'GET' | 'PUT' | 'DELETE', path: string): V1RepositoryPath {
  const meant = readRepositoryPath(method, path);
  if (meant === undefined) throw absent(request, 'Repository not found');
  return meant;
}
