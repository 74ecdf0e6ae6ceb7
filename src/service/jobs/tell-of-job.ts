import type { Kysely } from 'kysely';
import { addServiceEvent } from '../events/add-service-event.js';
import type { Tables } from '../store/tables.js';
import { hostsOfJob, type StoredJob } from './job.js';

/** Results of jobs that did not do what they were to do. */
const failures: readonly StoredJob['result'][] = ['failed', 'unreachable', 'partly', 'lost'];
const longestProblem = 500;

/**
 * Writes the events of a job that has ended. `job.recovered` is the first success of what failed before: of the same schedule, or
 * of the same kind about the same registry.
 * @param db transaction that ends the job
 */
export async function tellOfJob(db: Kysely<Tables>, job: StoredJob): Promise<void> {
  const { id, kind, subject, result, schedule, created_by: actor, ended_at: at, problem, reason } = job;
  const event = {
    subject: id,
    registry: subject,
    at: at ?? Date.now(),
    actor,
    data: {
      job: id,
      kind,
      result,
      hosts: hostsOfJob(job),
      ...(schedule === null ? {} : { schedule }),
      ...(reason === '' ? {} : { reason }),
      ...(problem === '' ? {} : { problem: problem.slice(0, longestProblem) }),
    },
  };
  await addServiceEvent(db, { ...event, kind: 'job.ended' });
  if (failures.includes(result)) await addServiceEvent(db, { ...event, kind: 'job.failed' });
  else if (result !== 'cancelled' && failures.includes(await resultBefore(db, job)))
    await addServiceEvent(db, { ...event, kind: 'job.recovered' });
}

/** Returns the last result before a job of what it does again; null: there is none. */
async function resultBefore(
  db: Kysely<Tables>,
  { id, kind, subject, schedule }: StoredJob,
): Promise<StoredJob['result']> {
  if (schedule === null && subject === '') return null;
  const row = await db
    .selectFrom('jobs')
    .select('result')
    .where('state', '=', 'done')
    .where('result', '<>', 'cancelled')
    .where('id', '<>', id)
    .$if(schedule !== null, (query) => query.where('schedule', '=', schedule))
    .$if(schedule === null, (query) => query.where('kind', '=', kind).where('subject', '=', subject))
    .orderBy('ended_at', 'desc')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.result ?? null;
}
