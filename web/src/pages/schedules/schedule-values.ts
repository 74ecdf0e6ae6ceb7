import type { NewServiceSchedule } from '../../../../src/service-client/service-types.js';
import type { Translate } from '../../kernel/messages.js';
import { wrongField } from '../../parts/fields/field-errors.js';
import { jobKinds, registryKindsOfJobs, runKinds } from '../jobs/job-kinds.js';
import { numberOf, type RunValues, runBody, runValues } from '../jobs/options/run-values.js';
import { type RetentionValues, retentionBody, retentionValues } from '../retention/retention-values.js';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Fields of a schedule as a form has them. */
export interface ScheduleValues {
  readonly name: string;
  readonly cron: string;
  readonly zone: string;
  readonly jitter: string;
  readonly hasWindow: boolean;
  readonly days: readonly Weekday[];
  readonly from: string;
  readonly to: string;
  readonly catchUp: boolean;
  readonly enabled: boolean;
  readonly kind: ScheduledKind;
  readonly run: RunValues;
  readonly registry: string;
  readonly deleteUntagged: boolean;
  /** `VENDOR/APP` */
  readonly publication: string;
  readonly retention: RetentionValues;
}

/** Kinds of jobs that a schedule adds. */
export const scheduledKinds = [...jobKinds, 'publish', 'upload'] as const;
export type ScheduledKind = (typeof scheduledKinds)[number];

/** Schedule, or what is known of a new one. */
type Given = Partial<Omit<NewServiceSchedule, 'job'>> & { readonly job?: Readonly<Record<string, unknown>> };

/** Returns the fields of a schedule. */
export function scheduleValues({ job = {}, ...given }: Given): ScheduleValues {
  const { window } = given;
  return {
    name: given.name ?? '',
    cron: given.cron ?? '0 3 * * *',
    zone: given.zone ?? 'UTC',
    jitter: given.jitter === undefined || given.jitter === 0 ? '' : String(given.jitter),
    hasWindow: window !== undefined && window !== null,
    days: window?.days ?? weekdays,
    from: window?.from ?? '22:00',
    to: window?.to ?? '05:00',
    catchUp: given.catchUp === 'one',
    enabled: given.enabled ?? true,
    kind: scheduledKinds.find((each) => each === job.kind) ?? 'check',
    run: runValues(job),
    registry: typeof job.registry === 'string' ? job.registry : '',
    deleteUntagged: job.deleteUntagged === true,
    publication: publicationOf(job.publication),
    retention: retentionValues(job.retention),
  };
}

/** Returns the request for a schedule. @throws ApiError for a field that cannot be sent */
export function scheduleBody(values: ScheduleValues, t: Translate): NewServiceSchedule {
  const { name, cron, zone, jitter, hasWindow, days, from, to, catchUp, enabled, kind } = values;
  if (name.trim() === '') throw wrongField('/name', t('work.needed'));
  return {
    name: name.trim(),
    cron: cron.trim(),
    zone: zone.trim() === '' ? 'UTC' : zone.trim(),
    jitter: jitter.trim() === '' ? 0 : numberOf(jitter, '/jitter', t),
    window: hasWindow ? { days: weekdays.filter((day) => days.includes(day)), from, to } : null,
    catchUp: catchUp ? 'one' : 'none',
    enabled,
    job: {
      kind,
      ...(kind === 'publish' || kind === 'upload' ? { publication: publicationBody(values.publication, t) } : {}),
      ...(runKinds.includes(kind) ? runBody(values.run, t) : {}),
      ...(registryKindsOfJobs.includes(kind) ? { registry: values.registry } : {}),
      ...(kind === 'gc' ? { deleteUntagged: values.deleteUntagged } : {}),
      ...(kind === 'retain' ? { retention: retentionBody(values.retention, t, '/job/retention') } : {}),
    },
  };
}

/** Returns what a job publishes: `VENDOR/APP`; empty: nothing. */
export function publicationOf(given: unknown): string {
  if (typeof given !== 'object' || given === null || !('vendor' in given) || !('app' in given)) return '';
  return `${given.vendor}/${given.app}`;
}

function publicationBody(text: string, t: Translate): { readonly vendor: string; readonly app: string } {
  const [, vendor, app] = /^\s*([^/\s]+)\/(\S+)\s*$/.exec(text) ?? [];
  if (vendor === undefined || app === undefined) throw wrongField('/job/publication', t('publication.wrong'));
  return { vendor, app };
}
