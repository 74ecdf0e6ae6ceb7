import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isRepository } from '../../../registry/names.js';
import { nobody, subjectOf } from '../../access/principal.js';
import { decide, type SubjectRights } from '../../access/rights/decide.js';
import { explainReason } from '../../access/rights/explain.js';
import { coversPath } from '../../access/rights/paths.js';
import { actions, type RepositoryAction, type RepositoryRole } from '../../access/rights/roles.js';
import {
  explanation,
  grant,
  newGrant,
  newVisibility,
  registryOfRight,
  rightsPath,
  visibilityRule,
} from '../../schemas/access.js';
import { idInPath, listPage, pageQuery, shownTime } from '../../schemas/fields.js';
import type { ServiceParts } from '../../service-parts.js';
import type { GrantRow } from '../../store/tables.js';
import { actorOf, requireAccount, senderOf } from '../admit.js';
import type { ServiceApp } from '../bare-app.js';
import { page } from '../page.js';
import { requireOwner, rightsOf } from '../rights-of.js';

/** Adds the routes of rights: roles, denials, visibilities, and why somebody may do something. */
export function addGrantRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { rights, audit } = parts;

  const listQuery = pageQuery.extend({ path: rightsPath.default(''), registry: registryOfRight });
  app.get(
    '/api/v1/grants',
    {
      schema: {
        summary: 'Lists who may do what with repositories',
        querystring: listQuery,
        response: { 200: listPage(grant) },
      },
    },
    async (request, reply) => {
      const { limit, after, path, registry } = request.query;
      await requireOwner(parts, request, registry, path);
      const rows: Awaited<ReturnType<typeof rights.list>> = [];
      let last = after;
      for (;;) {
        const some = await rights.list(500, last);
        rows.push(
          ...some.filter((row) => coversPath(path, row.path) && (registry === '' || row.registry === registry)),
        );
        last = some.at(-1)?.id;
        if (some.length < 500 || rows.length > limit) break;
      }
      return page(request, reply, rows.slice(0, limit + 1), limit, shownGrant, ({ id }) => id);
    },
  );

  app.post(
    '/api/v1/grants',
    { schema: { summary: 'Gives a role on repositories, or denies one', body: newGrant, response: { 201: grant } } },
    async (request, reply) => {
      const { subject, registry, path, role, denied } = request.body;
      await requireOwner(parts, request, registry, path);
      const { id } =
        subject.kind === 'account' ? await parts.accounts.get(subject.name) : await parts.groups.get(subject.name);
      const rule = role !== undefined ? { role } : { denied: denied ?? [] };
      const by = requireAccount(request).name;
      const row = await rights.add({ subjectKind: subject.kind, subjectId: id, registry, path, rule, by });
      await audit.record(actorOf(request), {
        verb: 'grant.create',
        object: path,
        detail: { subject, registry, ...rule },
      });
      return reply.code(201).send(shownGrant({ ...row, subject: subject.name }));
    },
  );

  app.delete(
    '/api/v1/grants/:id',
    { schema: { summary: 'Takes a role on repositories back', params: idInPath, response: { 204: z.null() } } },
    async (request, reply) => {
      const row = await rights.get(request.params.id);
      await requireOwner(parts, request, row.registry, row.path);
      await rights.remove(row.id);
      const detail = { role: row.role, denied: row.denied, registry: row.registry };
      await audit.record(actorOf(request), { verb: 'grant.delete', object: row.path, detail });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/visibilities',
    {
      config: { needs: 'administrator' },
      schema: {
        summary: 'Lists who sees which repositories without a role',
        response: { 200: z.object({ items: z.array(visibilityRule), usual: z.string() }) },
      },
    },
    async () => {
      const { rules, usual } = await rights.visibilities();
      return { items: rules.map(({ registry, path, visibility }) => ({ registry, path, visibility })), usual };
    },
  );

  app.put(
    '/api/v1/visibilities',
    {
      schema: {
        summary: 'Sets who sees repositories without a role',
        body: newVisibility,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { registry, path, visibility } = request.body;
      await requireOwner(parts, request, registry, path);
      await rights.setVisibility(registry, path, visibility ?? undefined);
      await audit.record(actorOf(request), { verb: 'visibility.set', object: path, detail: { registry, visibility } });
      return reply.code(204).send(null);
    },
  );

  const explainQuery = z.strictObject({
    account: z.string().max(64).default('').describe('Default: the sender; `anonymous`: nobody'),
    action: z.enum(actions),
    repository: z.string().max(255).refine(isRepository, { error: 'must be a repository: team/app' }),
    registry: registryOfRight,
  });
  app.get(
    '/api/v1/explain',
    {
      schema: {
        summary: 'Explains why an account may do something, or not',
        querystring: explainQuery,
        response: { 200: explanation },
      },
    },
    async (request) => {
      const { account, action, repository, registry } = request.query;
      const own = requireAccount(request).name;
      const who = account === '' ? own : account;
      if (who !== own) await requireOwner(parts, request, registry, repository);
      const subject = await subjectNamed(parts, request, who);
      const place = { registry: registry === '' ? (parts.registries.list()[0]?.name ?? '') : registry, repository };
      const reason = decide(subject, action, place, await rights.visibilities());
      return {
        allowed: reason.allows,
        reason: explainReason(reason, who, action, place),
        action,
        account: who,
        repository,
      };
    },
  );
}

async function subjectNamed(parts: ServiceParts, request: FastifyRequest, who: string): Promise<SubjectRights> {
  if (who === senderOf(request).account?.name) return await rightsOf(parts, request);
  if (who === 'anonymous') return subjectOf(nobody, []);
  const account = await parts.accounts.get(who);
  const principal = { account, means: { kind: 'password' }, limits: undefined, api: 'read' } as const;
  return subjectOf(principal, await parts.rights.grantsOf(account.id));
}

/** Returns a grant as the API has it. */
export function shownGrant(row: GrantRow & { readonly subject: string }): z.output<typeof grant> {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, name: row.subject },
    registry: row.registry,
    path: row.path,
    role: row.role as RepositoryRole | null,
    denied: row.denied === null ? null : (JSON.parse(row.denied) as RepositoryAction[]),
    createdAt: shownTime(row.created_at),
    createdBy: row.created_by,
  };
}
