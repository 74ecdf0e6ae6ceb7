import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changesSincePlan } from '../../../drift/plan-changes.js';
import { readFindings } from '../../../drift/read-findings.js';
import { staleReason } from '../../../drift/stale-plan.js';
import { addJob } from '../../../jobs/add-job.js';
import { runOptions } from '../../../jobs/child/child-request.js';
import { hostsOfJob, requestOf, type StoredJob } from '../../../jobs/job.js';
import { notFound, Problem } from '../../../problem.js';
import { newPlan, planSchema } from '../../../schemas/drift.js';
import { idInPath, plainText } from '../../../schemas/fields.js';
import { jobSchema } from '../../../schemas/jobs.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount, senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { answerJob, visibleJob } from './jobs.js';
import { shownJob } from './shown-job.js';

const answers = { 200: jobSchema, 202: jobSchema };

/** Adds the routes of plans: a check of a host or registry, and what it found. It is carried out by `/jobs/{id}/approve`. */
export function addPlanRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { jobs, jobRights, site, managed, audit } = parts;

  app.post(
    '/api/v1/hosts/:host/plan',
    {
      schema: {
        summary: 'Checks a host: what a run would do there, to be carried out as it is',
        params: z.strictObject({ host: z.string().min(1).max(255) }),
        body: newPlan,
        response: answers,
      },
    },
    async (request, reply) => {
      const { host } = request.params;
      const may = await jobRights.of(senderOf(request));
      const isKnown = may('view', [host]) && (await site.look()).hosts.some(({ name }) => name === host);
      if (!isKnown) throw notFound(`host ${host}`);
      return await answerJob(parts, request, reply, await addPlan(request, host, request.body));
    },
  );

  app.post(
    '/api/v1/registries/:registry/plan',
    {
      schema: {
        summary: 'Checks the host of a registry: what a run would do there, to be carried out as it is',
        params: z.strictObject({ registry: z.string().min(1).max(63) }),
        body: newPlan,
        response: answers,
      },
    },
    async (request, reply) => {
      const { registry } = request.params;
      const may = await jobRights.of(senderOf(request));
      const found = managed.find(registry);
      if (found === undefined && may('view', ['*']) && parts.registries.find(registry) !== undefined) {
        throw new Problem('conflict', `${registry} is no registry of registries.yaml: no run of the site sets it up`);
      }
      if (found === undefined || !may('view', [found.host])) throw notFound(`registry ${registry}`);
      managed.requireReadable();
      return await answerJob(parts, request, reply, await addPlan(request, found.host, request.body));
    },
  );

  app.get(
    '/api/v1/jobs/:id/plan',
    {
      schema: {
        summary: 'Shows what a check found: what a run would do',
        params: idInPath,
        querystring: z.strictObject({ host: plainText(255).optional() }),
        response: { 200: planSchema },
      },
    },
    async (request) => {
      const job = await visibleJob(parts, request, request.params.id);
      const work = requestOf(job);
      const isPlan = work.work === 'run' || work.work === 'registry' ? work.run.check : false;
      const isCarriedOut = work.work === 'run' && work.plan !== undefined;
      if (!isPlan && !isCarriedOut) throw new Problem('conflict', 'it is no check: it has no plan');
      const [found] = await readFindings(jobs.folders, job.id);
      const results: Record<string, string> = job.summary === null ? {} : JSON.parse(job.summary);
      const { canApprove } = shownJob(job);
      const stale = canApprove ? await staleReason(parts.database, job) : undefined;
      const hosts = hostsOfJob(job).filter((host) => request.query.host === undefined || request.query.host === host);
      return {
        job: job.id,
        complete: job.state === 'done',
        canApprove: canApprove && stale === undefined,
        stale: stale ?? null,
        hosts: hosts.map((host) => {
          const { count = 0, tasks = [] } = found?.hosts.get(host) ?? {};
          return { host, result: results[host] ?? null, count, tasks };
        }),
        changed: (await changesSincePlan(jobs.folders, job)) ?? [],
      };
    },
  );

  async function addPlan(
    request: FastifyRequest,
    host: string,
    { reason, ...flags }: z.output<typeof newPlan>,
  ): Promise<StoredJob> {
    const run = runOptions.parse({ ...flags, limit: host });
    const asked = { kind: 'check' as const, run, secrets: {}, registry: undefined, reason };
    const job = await addJob(parts, senderOf(request), asked, { by: requireAccount(request).name });
    await audit.record(actorOf(request), {
      verb: 'job.create',
      object: job.id,
      detail: { kind: 'check', hosts: [host] },
    });
    return job;
  }
}
