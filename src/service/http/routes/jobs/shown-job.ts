import type { z } from 'zod';
import { hostsOfJob, requestOf, type StoredJob } from '../../../jobs/job.js';
import { shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import type { jobSchema } from '../../../schemas/jobs.js';

/** Returns a job as the API has it. */
export function shownJob(job: StoredJob): z.output<typeof jobSchema> {
  const request = requestOf(job);
  const waits = job.waits_for === null ? null : JSON.parse(job.waits_for);
  return {
    id: job.id,
    kind: job.kind,
    registry: job.subject === '' || request.work === 'publication' ? null : job.subject,
    publication:
      request.work === 'publication' ? { vendor: request.publication.vendor, app: request.publication.app } : null,
    state: job.state,
    result: job.result,
    hosts: [...hostsOfJob(job)],
    results: job.summary === null ? {} : JSON.parse(job.summary),
    problem: job.problem,
    options: optionsOf(request),
    waitsFor: waits === null ? null : { ...waits, ...('until' in waits ? { until: shownTime(waits.until) } : {}) },
    createdAt: shownTime(job.created_at),
    startedAt: shownTimeOrNull(job.started_at),
    endedAt: shownTimeOrNull(job.ended_at),
    createdBy: job.created_by,
    reason: job.reason,
    parent: job.parent,
    schedule: job.schedule,
    canApprove: job.kind === 'check' && job.result === 'differs' && job.plan !== null && request.work === 'run',
    cancelled: job.cancel > 0,
  };
}

function optionsOf(request: ReturnType<typeof requestOf>): Record<string, unknown> {
  if (request.work === 'run') return request.run;
  if (request.work === 'registry') return { ...request.change };
  if (request.work === 'collect') return { host: request.host };
  if (request.work === 'publication') {
    const { verb, tags, wait, isDryRun } = request.publication;
    return {
      dryRun: isDryRun,
      ...(verb === 'withdraw' ? { wait, ...(tags === undefined ? { all: true } : { tags }) } : {}),
    };
  }
  return {};
}
