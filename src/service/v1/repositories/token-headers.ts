import type { FastifyReply, FastifyRequest } from 'fastify';
import { senderOf } from '../../http/admit.js';
import type { RepositoryRow } from '../../store/tables.js';
import type { V1Context } from '../v1-context.js';

/**
 * Adds what an index tells of where its images are, and the token by which clients show themselves there, where they want one. It is a token
 * of the token server, so it is checked, and ends after minutes.
 */
export async function addTokenHeaders(
  { parts }: V1Context,
  request: FastifyRequest,
  reply: FastifyReply,
  { registry: name, name: repository }: RepositoryRow,
  access: 'read' | 'write',
): Promise<void> {
  reply.header('X-Docker-Endpoints', request.host);
  const registry = parts.registries.find(name);
  if (registry === undefined || request.headers['x-docker-token']?.toString().toLowerCase() !== 'true') return;
  // A token gives no other by which it would go on for ever.
  if (request.tokenRegistry !== undefined) return;
  const actions = access === 'read' ? ['pull'] : ['pull', 'push'];
  const { token } = await parts.issuer.issue(senderOf(request), registry, [
    { type: 'repository', name: repository, actions },
  ]);
  const text = `Token signature=${token},repository="${repository}",access=${access}`;
  reply.header('X-Docker-Token', text).header('WWW-Authenticate', text);
}
