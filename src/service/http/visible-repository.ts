import type { FastifyRequest } from 'fastify';
import { may } from '../access/rights/decide.js';
import { mayMaintainPath, mayManagePath } from '../access/rights/manage.js';
import type { RepositoryAction } from '../access/rights/roles.js';
import { findVisible } from '../images/listings.js';
import type { Viewer } from '../images/visible-repositories.js';
import { notFound, Problem } from '../problem.js';
import type { ServiceParts } from '../service-parts.js';
import type { RepositoryRow } from '../store/tables.js';
import { viewerOf } from './rights-of.js';

/** Repository as a path of the API names it. */
export interface RepositoryInPath {
  readonly registry: string;
  readonly repository: string;
}

/** Repository that the sender of a request may see, and their rights. */
export interface SeenRepository {
  readonly row: RepositoryRow;
  readonly viewer: Viewer;
}

/** Words for what a right is about, and for the role that has it. */
const words = {
  see: ['see', 'a viewer'],
  pull: ['pull from', 'a puller'],
  push: ['push to', 'a pusher'],
  delete: ['delete in', 'a maintainer'],
  manage: ['manage', 'an owner'],
} as const;

/** Returns a repository that the sender may see, and what they may see. @throws Problem */
export async function requireVisible(
  parts: ServiceParts,
  request: FastifyRequest,
  { registry, repository }: RepositoryInPath,
): Promise<SeenRepository> {
  const viewer = await viewerOf(parts, request);
  const row = await findVisible(parts.index, viewer, registry, repository);
  if (row === undefined) throw notFound(`repository ${repository} in ${registry}`);
  return { row, viewer };
}

/** Returns a repository in which the sender may do something. @throws Problem: 404 where they may not even see it */
export async function requireRepositoryRight(
  parts: ServiceParts,
  request: FastifyRequest,
  place: RepositoryInPath,
  action: RepositoryAction,
): Promise<RepositoryRow> {
  const { row, viewer } = await requireVisible(parts, request, place);
  if (may(viewer.subject, action, place, viewer.visibilities)) return row;
  const [verb, role] = words[action];
  throw new Problem('forbidden', `this takes the right to ${verb} ${place.repository}: ${role}'s`);
}

/** Returns true for a sender that may say something about a repository for all: its maintainers. */
export function maintains({ row, viewer }: SeenRepository): boolean {
  return mayMaintainPath(viewer.subject, row.registry, row.name);
}

/** {@link requireVisible}, for its maintainers. @throws Problem */
export async function maintainedRepository(
  parts: ServiceParts,
  request: FastifyRequest,
  place: RepositoryInPath,
): Promise<SeenRepository> {
  const seen = await requireVisible(parts, request, place);
  if (maintains(seen)) return seen;
  throw new Problem('forbidden', `this takes a maintainer of ${place.repository}`);
}

/** {@link requireVisible}, for its owners. @throws Problem */
export async function ownedRepository(
  parts: ServiceParts,
  request: FastifyRequest,
  place: RepositoryInPath,
): Promise<SeenRepository> {
  const seen = await requireVisible(parts, request, place);
  if (mayManagePath(seen.viewer.subject, place.registry, place.repository)) return seen;
  throw new Problem('forbidden', `this takes an owner of ${place.repository}`);
}

/** {@link requireVisible}, for those who may pull. @throws Problem */
export async function pullableRepository(
  parts: ServiceParts,
  request: FastifyRequest,
  place: RepositoryInPath,
): Promise<SeenRepository> {
  const seen = await requireVisible(parts, request, place);
  if (may(seen.viewer.subject, 'pull', place, seen.viewer.visibilities)) return seen;
  throw new Problem('forbidden', `this takes the right to pull ${place.repository}`);
}
