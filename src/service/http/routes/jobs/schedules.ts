import { z } from 'zod';
import { startSchedule } from '../../../jobs/schedules/scheduler.js';
import { givenOf, type StoredSchedule } from '../../../jobs/schedules/schedules.js';
import { Problem } from '../../../problem.js';
import { idInPath, shownTimeOrNull } from '../../../schemas/fields.js';
import { jobSchema, newSchedule, scheduleChanges, scheduleSchema } from '../../../schemas/jobs.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount, senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { entityTag, matchedVersion } from '../../entity-tag.js';
import { answerJob } from './jobs.js';

/** Adds the routes of schedules. */
export function addScheduleRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { schedules, jobRights, audit } = parts;

  app.get(
    '/api/v1/schedules',
    { schema: { summary: 'Lists schedules', response: { 200: z.object({ items: z.array(scheduleSchema) }) } } },
    async (request) => {
      const rows = await schedules.list();
      const all = await mayAll(request, 'view');
      const { name } = requireAccount(request);
      return { items: rows.filter((row) => all || row.created_by === name).map(shownSchedule) };
    },
  );

  app.post(
    '/api/v1/schedules',
    { schema: { summary: 'Makes a schedule of a job', body: newSchedule, response: { 201: scheduleSchema } } },
    async (request, reply) => {
      await requireAll(request);
      const row = await schedules.add(request.body, requireAccount(request).name);
      await audit.record(actorOf(request), { verb: 'schedule.create', object: row.name });
      return reply
        .code(201)
        .header('Location', `/api/v1/schedules/${row.id}`)
        .header('ETag', entityTag(row.version))
        .send(shownSchedule(row));
    },
  );

  app.get(
    '/api/v1/schedules/:id',
    { schema: { summary: 'Shows a schedule', params: idInPath, response: { 200: scheduleSchema } } },
    async (request, reply) => {
      await requireAll(request);
      const row = await schedules.get(request.params.id);
      return reply.header('ETag', entityTag(row.version)).send(shownSchedule(row));
    },
  );

  app.patch(
    '/api/v1/schedules/:id',
    {
      schema: {
        summary: 'Changes a schedule',
        params: idInPath,
        body: scheduleChanges,
        response: { 200: scheduleSchema },
      },
    },
    async (request, reply) => {
      await requireAll(request);
      const given = Object.fromEntries(Object.entries(request.body).filter(([, value]) => value !== undefined));
      const row = await schedules.change(request.params.id, given, matchedVersion(request.headers['if-match']));
      await audit.record(actorOf(request), {
        verb: 'schedule.change',
        object: row.name,
        detail: { changed: Object.keys(given) },
      });
      return reply.header('ETag', entityTag(row.version)).send(shownSchedule(row));
    },
  );

  app.delete(
    '/api/v1/schedules/:id',
    { schema: { summary: 'Deletes a schedule', params: idInPath, response: { 204: z.null() } } },
    async (request, reply) => {
      await requireAll(request);
      const { name } = await schedules.get(request.params.id);
      await schedules.delete(request.params.id);
      await audit.record(actorOf(request), { verb: 'schedule.delete', object: name });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/schedules/:id/start',
    {
      schema: {
        summary: 'Starts the job of a schedule now',
        params: idInPath,
        response: { 200: jobSchema, 202: jobSchema },
      },
    },
    async (request, reply) => {
      await requireAll(request);
      const row = await schedules.get(request.params.id);
      const job = await startSchedule(parts, row);
      await audit.record(actorOf(request), { verb: 'schedule.start', object: row.name });
      return await answerJob(parts, request, reply, job);
    },
  );

  async function mayAll(request: Parameters<typeof senderOf>[0], verb: 'view' | 'schedule'): Promise<boolean> {
    return (await jobRights.of(senderOf(request)))(verb, ['*']);
  }

  /** Refuses whoever may not schedule work on all hosts: which ones a job has is known when it starts. */
  async function requireAll(request: Parameters<typeof senderOf>[0]): Promise<void> {
    if (!(await mayAll(request, 'schedule')))
      throw new Problem('forbidden', 'this takes the right to schedule on all hosts');
  }
}

function shownSchedule(row: StoredSchedule): z.output<typeof scheduleSchema> {
  const { name, cron, zone, jitter, window, catchUp, enabled, job } = givenOf(row);
  return {
    id: row.id,
    name,
    cron,
    zone,
    jitter,
    window,
    catchUp,
    enabled,
    job,
    nextAt: shownTimeOrNull(row.next_at),
    lastAt: shownTimeOrNull(row.last_at),
    lastJob: row.last_job,
    createdBy: row.created_by,
  };
}
