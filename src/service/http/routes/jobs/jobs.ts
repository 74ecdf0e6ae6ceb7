import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changesSincePlan, refusedPlan } from '../../../drift/plan-changes.js';
import { stalePlan, staleReason } from '../../../drift/stale-plan.js';
import { addJob, askedJob } from '../../../jobs/add-job.js';
import { hostsOfJob, requestOf, type StoredJob } from '../../../jobs/job.js';
import { notFound, Problem } from '../../../problem.js';
import { dryRunQuery, idInPath, listPage } from '../../../schemas/fields.js';
import type { JobVerb } from '../../../schemas/jobs.js';
import { jobQuery, jobSchema, newJob } from '../../../schemas/jobs.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount, senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { exportedAtOnce, sendCsv, wantsCsv } from '../../exports/send-csv.js';
import { linkNext, listPageOf } from '../../page.js';
import { preferredWait } from '../../preferred-wait.js';
import { shownJob } from './shown-job.js';

/** Columns of the exported list. */
const columns = [
  'id',
  'kind',
  'registry',
  'state',
  'result',
  'hosts',
  'createdAt',
  'startedAt',
  'endedAt',
  'createdBy',
  'reason',
  'problem',
  'schedule',
  'parent',
] as const;

/** Rows that are read at most to fill a page of those that may be seen. */
const mostRead = 2000;

/** Adds the routes of jobs: a list, a new one, its end, another try, a plan that is carried out. */
export function addJobRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { jobs, jobRights, audit } = parts;

  app.get(
    '/api/v1/jobs',
    { schema: { summary: 'Lists jobs', querystring: jobQuery, response: { 200: listPage(jobSchema) } } },
    async (request, reply) => {
      const { limit, after, registry, publication, format, ...filter } = request.query;
      const may = await jobRights.of(senderOf(request));
      const readPage = async (size: number, from: string | undefined) => {
        const rows: StoredJob[] = [];
        let before = from === undefined ? undefined : Number(from);
        if (before !== undefined && !Number.isInteger(before))
          throw new Problem('invalid-request', 'after: must be `next` of a page');
        for (let read = 0; read < mostRead; ) {
          const some = await jobs.store.list(size + 1, { ...filter, subject: publication ?? registry, before });
          rows.push(...some.filter((job) => maySee(job, may)));
          read += some.length;
          before = some.at(-1)?.number;
          if (rows.length > size || some.length <= size) break;
        }
        return listPageOf(rows, size, shownJob, ({ number }) => String(number));
      };
      if (wantsCsv(request, format)) {
        return await sendCsv(
          { reply, complain: parts.complain },
          'jobs',
          columns,
          (from) => readPage(exportedAtOnce, from),
          after,
        );
      }
      return linkNext(request, reply, await readPage(limit, after));
    },
  );

  app.post(
    '/api/v1/jobs',
    {
      schema: {
        summary: 'Starts a job',
        querystring: dryRunQuery,
        body: newJob,
        response: { 200: jobSchema, 202: jobSchema },
      },
    },
    async (request, reply) => {
      const { secrets, reason, ...wanted } = request.body;
      const by = requireAccount(request).name;
      const asked = { ...askedJob(wanted, request.query.dryRun), secrets, reason };
      const job = await addJob(parts, senderOf(request), asked, { by });
      await record(request, 'job.create', job);
      return await answerJob(parts, request, reply, job);
    },
  );

  app.get(
    '/api/v1/jobs/:id',
    { schema: { summary: 'Shows a job', params: idInPath, response: { 200: jobSchema } } },
    async (request) => shownJob(await visibleJob(parts, request, request.params.id)),
  );

  app.post(
    '/api/v1/jobs/:id/cancel',
    {
      schema: {
        summary: 'Ends a job: no more tasks; a second time, at once',
        params: idInPath,
        response: { 202: jobSchema },
      },
    },
    async (request, reply) => {
      const job = await allowedJob(request, request.params.id, 'cancel');
      const cancelled = await jobs.cancel(job.id);
      await record(request, 'job.cancel', job);
      return reply.code(202).send(shownJob(cancelled));
    },
  );

  const retry = z.strictObject({
    hosts: z.enum(['failed', 'all']).default('failed').describe('`failed`: those that failed or did not finish'),
  });
  app.post(
    '/api/v1/jobs/:id/retry',
    {
      schema: {
        summary: 'Runs a job again for the hosts that failed',
        params: idInPath,
        body: retry,
        response: { 200: jobSchema, 202: jobSchema },
      },
    },
    async (request, reply) => {
      const job = await visibleJob(parts, request, request.params.id);
      const work = requestOf(job);
      if (job.state !== 'done') throw new Problem('conflict', 'it has not ended: cancel it first, or wait');
      if (work.work !== 'run' || (job.kind !== 'provision' && job.kind !== 'check')) {
        throw new Problem('conflict', 'only runs of the site are repeated so: ask for it anew');
      }
      const limit = request.body.hosts === 'all' ? work.run.limit : failedHosts(job).join(',');
      if (limit === '') throw new Problem('conflict', 'no host failed: there is nothing to run again');
      const run = { ...work.run, ...(limit === undefined ? {} : { limit }) };
      const asked = { kind: job.kind, run, secrets: {}, registry: undefined, reason: job.reason };
      const again = await addJob(parts, senderOf(request), asked, { by: requireAccount(request).name, parent: job.id });
      await record(request, 'job.retry', again);
      return await answerJob(parts, request, reply, again);
    },
  );

  app.post(
    '/api/v1/jobs/:id/approve',
    {
      schema: {
        summary: 'Carries out just what a check found; 412 where the hosts have changed since',
        params: idInPath,
        response: { 200: jobSchema, 202: jobSchema },
      },
    },
    async (request, reply) => {
      const job = await visibleJob(parts, request, request.params.id);
      const work = requestOf(job);
      if (!shownJob(job).canApprove || work.work !== 'run' || job.plan === null) {
        throw new Problem('conflict', 'only the plan of a check that found something to do is carried out');
      }
      const stale = await staleReason(parts.database, job);
      if (stale !== undefined) throw stalePlan(stale);
      const asked = { kind: 'provision' as const, run: work.run, secrets: {}, registry: undefined, reason: job.reason };
      const by = requireAccount(request).name;
      const run = await addJob(parts, senderOf(request), asked, { by, parent: job.id, plan: job.plan });
      await record(request, 'job.approve', run);
      const wait = preferredWait(request.headers.prefer);
      if (wait > 0) await jobs.ended(run.id, wait * 1000);
      const changes = await changesSincePlan(jobs.folders, await jobs.store.get(run.id));
      if (changes !== undefined) throw refusedPlan(run.id, changes);
      return await answerJob(parts, request, reply, run);
    },
  );

  async function allowedJob(request: FastifyRequest, id: string, verb: JobVerb): Promise<StoredJob> {
    const job = await visibleJob(parts, request, id);
    await jobRights.require(senderOf(request), verb, hostsOfJob(job), `job ${id}`);
    return job;
  }

  function record(request: FastifyRequest, verb: string, job: StoredJob): Promise<void> {
    const { kind, hosts, subject } = job;
    const detail = {
      kind,
      hosts: JSON.parse(hosts).slice(0, 20),
      ...(subject === '' ? {} : { [subject.includes('/') ? 'publication' : 'registry']: subject }),
    };
    return audit.record(actorOf(request), { verb, object: job.id, detail });
  }
}

/** Answers with a job: at once, or when it has ended, where the request prefers to wait. */
export async function answerJob<Reply extends AnsweringReply>(
  { jobs }: ServiceParts,
  request: FastifyRequest,
  reply: Reply,
  job: StoredJob,
): Promise<Reply> {
  const wait = preferredWait(request.headers.prefer);
  if (wait > 0) {
    await jobs.ended(job.id, wait * 1000);
    reply.header('Preference-Applied', `wait=${wait}`);
  }
  const now = await jobs.store.get(job.id);
  reply.header('Location', `/api/v1/jobs/${job.id}`);
  return reply.code(now.state === 'done' ? 200 : 202).send(shownJob(now));
}

/** Reply that a job is sent by. */
interface AnsweringReply {
  header(name: string, value: string): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: fastify types a reply by all of a route's schemas.
  code(status: any): any;
}

/** Returns a job that the sender may see. @throws Problem */
export async function visibleJob(
  { jobs, jobRights }: ServiceParts,
  request: FastifyRequest,
  id: string,
): Promise<StoredJob> {
  const job = await jobs.store.get(id);
  if (!maySee(job, await jobRights.of(senderOf(request)))) throw notFound(`job ${id}`);
  return job;
}

function maySee(job: StoredJob, may: (verb: JobVerb, hosts: readonly string[]) => boolean): boolean {
  const hosts = hostsOfJob(job);
  return may('view', hosts.length === 0 ? ['*'] : hosts);
}

function failedHosts({ summary, hosts }: StoredJob): string[] {
  const results: Record<string, string> = summary === null ? {} : JSON.parse(summary);
  const all: string[] = JSON.parse(hosts);
  return all.filter((host) => !['ok', 'changed', 'differs'].includes(results[host] ?? 'lost'));
}
