import type { FastifyRequest } from 'fastify';
import { subjectOf } from '../access/principal.js';
import type { SubjectRights } from '../access/rights/decide.js';
import { mayManagePath } from '../access/rights/manage.js';
import type { Viewer } from '../images/visible-repositories.js';
import { Problem } from '../problem.js';
import type { ServiceParts } from '../service-parts.js';
import { senderOf } from './admit.js';

/** Returns the rights of an admitted request's sender. */
export async function rightsOf({ rights }: ServiceParts, request: FastifyRequest): Promise<SubjectRights> {
  const principal = senderOf(request);
  const grants = principal.account === undefined ? [] : await rights.grantsOf(principal.account.id);
  return subjectOf(principal, grants);
}

/** Returns what listings want to know of an admitted request's sender. */
export async function viewerOf(parts: ServiceParts, request: FastifyRequest): Promise<Viewer> {
  return { subject: await rightsOf(parts, request), visibilities: await parts.rights.visibilities() };
}

/** @throws Problem unless the sender owns what a path means */
export async function requireOwner(
  parts: ServiceParts,
  request: FastifyRequest,
  registry: string,
  path: string,
): Promise<void> {
  if (mayManagePath(await rightsOf(parts, request), registry, path)) return;
  throw new Problem('forbidden', `this takes an owner of ${path === '' ? 'everything: an administrator' : path}`);
}
