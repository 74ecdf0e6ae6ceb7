import { z } from 'zod';
import { Problem } from '../../../problem.js';
import { idInPath, shownTime } from '../../../schemas/fields.js';
import { jobGrantSchema, newJobGrant } from '../../../schemas/jobs.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';

/** Adds the routes of rights to work on hosts. */
export function addJobGrantRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { accounts, groups, jobRights, audit } = parts;
  const administrator = { needs: 'administrator' } as const;

  app.get(
    '/api/v1/job-grants',
    {
      config: administrator,
      schema: {
        summary: 'Lists who may do what on which hosts',
        response: { 200: z.object({ items: z.array(jobGrantSchema) }) },
      },
    },
    async () => ({ items: (await jobRights.list()).map(shownGrant) }),
  );

  app.post(
    '/api/v1/job-grants',
    {
      config: administrator,
      schema: { summary: 'Gives a right to work on hosts', body: newJobGrant, response: { 201: jobGrantSchema } },
    },
    async (request, reply) => {
      const { account, group, hosts, verbs } = request.body;
      if ((account === undefined) === (group === undefined)) {
        throw new Problem('unprocessable', 'account or group is needed, and only one of them');
      }
      const subject =
        account === undefined
          ? { subjectKind: 'group' as const, subjectId: (await groups.get(group ?? '')).id }
          : { subjectKind: 'account' as const, subjectId: (await accounts.get(account)).id };
      const row = await jobRights.add({ ...subject, hosts, verbs, by: requireAccount(request).name });
      await audit.record(actorOf(request), {
        verb: 'job-grant.create',
        object: row.id,
        detail: { account, group, hosts, verbs },
      });
      return reply.code(201).send(shownGrant({ ...row, subject: account ?? group ?? '' }));
    },
  );

  app.delete(
    '/api/v1/job-grants/:id',
    {
      config: administrator,
      schema: { summary: 'Takes a right to work on hosts back', params: idInPath, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await jobRights.delete(request.params.id);
      await audit.record(actorOf(request), { verb: 'job-grant.delete', object: request.params.id });
      return reply.code(204).send(null);
    },
  );
}

function shownGrant(
  row: Awaited<ReturnType<ServiceParts['jobRights']['list']>>[number],
): z.output<typeof jobGrantSchema> {
  return {
    id: row.id,
    account: row.subject_kind === 'account' ? row.subject : null,
    group: row.subject_kind === 'group' ? row.subject : null,
    hosts: JSON.parse(row.hosts),
    verbs: JSON.parse(row.verbs),
    createdAt: shownTime(row.created_at),
    createdBy: row.created_by,
  };
}
