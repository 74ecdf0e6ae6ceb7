import type { FastifyRequest } from 'fastify';
import { may } from '../../access/rights/decide.js';
import type { RepositoryAction } from '../../access/rights/roles.js';
import { senderOf, unauthenticated } from '../../http/admit.js';
import { viewerOf } from '../../http/rights-of.js';
import { isVisible, type Viewer } from '../../images/visible-repositories.js';
import { Problem } from '../../problem.js';
import type { RepositoryRow } from '../../store/tables.js';
import { meantRegistries, type V1Context } from '../v1-context.js';
import { v1NamesOf } from './repository-path.js';

/** Repository of a request, and its sender. */
export interface FoundRepository {
  readonly repository: RepositoryRow;
  readonly viewer: Viewer;
}

/**
 * Finds the repository that a path means, in the first registry that has one which the sender may see.
 * @throws Problem 404, or 401 where the sender has shown no account: nobody learns which names there are
 */
export async function requireV1Repository(
  context: V1Context,
  request: FastifyRequest,
  name: string,
): Promise<FoundRepository> {
  const viewer = await viewerOf(context.parts, request);
  const registries = meantRegistries(context, request);
  const names = v1NamesOf(name);
  const rows = await context.parts.index.database.db
    .selectFrom('repositories')
    .selectAll()
    .where('name', 'in', names)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('repository_manifests')
          .select('digest')
          .whereRef('repository_manifests.repository_id', '=', 'repositories.id'),
      ),
    )
    .execute();
  const visible = rows.filter((row) => registries.includes(row.registry) && isVisible(viewer, row));
  const place = (row: RepositoryRow) => registries.indexOf(row.registry) * names.length + names.indexOf(row.name);
  const [repository] = visible.toSorted((a, b) => place(a) - place(b));
  if (repository === undefined) throw absent(request, 'Repository not found');
  return { repository, viewer };
}

/** @throws Problem unless the sender may do something with a repository that they see */
export function requireRight(
  request: FastifyRequest,
  { repository, viewer }: FoundRepository,
  action: RepositoryAction,
) {
  const place = { registry: repository.registry, repository: repository.name };
  if (may(viewer.subject, action, place, viewer.visibilities)) return;
  requireLogin(request);
  throw new Problem('forbidden', `This takes the right to ${action} in ${repository.name}`);
}

/** @throws Problem where the sender has shown no account */
export function requireLogin(request: FastifyRequest): void {
  if (senderOf(request).account === undefined) throw unauthenticated('Requires authorization');
}

/** Returns the refusal of what is not there, or may not be seen: to whoever has shown no account, that a login may help. */
export function absent(request: FastifyRequest, message: string): Problem {
  if (senderOf(request).account === undefined) return unauthenticated('Requires authorization');
  return new Problem('not-found', message);
}
