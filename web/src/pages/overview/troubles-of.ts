import type { ServiceHealthReport, ServiceJob } from '../../../../src/service-client/service-types.js';
import type { Translate } from '../../kernel/messages.js';
import { resultText } from '../../parts/jobs/job-badge.js';
import { jobName } from '../../parts/jobs/job-name.js';
import { hostHref, jobHref, registryHref } from '../../parts/jobs/work-references.js';
import type { OverviewData } from './overview-data.js';

/** Something that fails or differs. */
export interface Trouble {
  readonly key: string;
  readonly tone: 'bad' | 'warn';
  readonly label: string;
  readonly name: string;
  /** Page that mends it; null: there is none. */
  readonly href: string | null;
  readonly detail: string;
  readonly hint: string | null;
  readonly at: string | null;
}

type Check = ServiceHealthReport['checks'][number];

/** Returns what fails, then what differs. */
export function troublesOf({ jobs = [], registries = [], drift = [], health }: OverviewData, t: Translate): Trouble[] {
  // Drift and jobs have rows of their own, one for each.
  const checks = (health?.checks ?? []).filter(
    ({ name, status }) => status !== 'ok' && name !== 'drift' && name !== 'jobs',
  );
  const checked = new Set(checks.filter(({ name }) => name === 'registry').map(({ subject }) => subject));
  const all = [
    ...checks.map((check) => ofCheck(check, t)),
    ...registries
      .filter(({ name, error }) => error !== '' && !checked.has(name))
      .map(
        ({ name, error }): Trouble => ({
          ...{ key: `registry ${name}`, tone: 'bad', label: t('overview.registry-fails'), name, detail: error },
          ...{ href: registryHref(name), hint: null, at: null },
        }),
      ),
    ...failedJobs(jobs).map(
      (job): Trouble => ({
        ...{ key: `job ${job.id}`, tone: 'bad', label: resultText(job.result ?? '', t), name: jobName(job, t) },
        ...{ href: jobHref(job.id), detail: job.problem.split('\n')[0] ?? '', hint: null, at: job.endedAt },
      }),
    ),
    ...drift.map(
      ({ host, count, registries: those, differsSince, since }): Trouble => ({
        ...{ key: `drift ${host}`, tone: 'warn', label: t('job.result.differs'), name: host, href: hostHref(host) },
        detail: [t('plan.tasks', { n: count }), ...those].join(', '),
        ...{ hint: null, at: differsSince ?? since },
      }),
    ),
  ];
  return all.toSorted((a, b) => Number(a.tone === 'warn') - Number(b.tone === 'warn'));
}

function ofCheck({ name, subject, status, detail, hint }: Check, t: Translate): Trouble {
  const isRegistry = (name === 'registry' || name === 'replicas') && subject !== null;
  const pages: Partial<Record<Check['name'], string>> = { disk: '/retention', site: '/hosts' };
  return {
    key: `health ${name} ${subject} ${detail}`,
    tone: status === 'failing' ? 'bad' : 'warn',
    label: t(status === 'failing' ? 'health.failing' : 'health.warning'),
    name: subject === null ? t(`health.${name}`) : `${t(`health.${name}`)} ${subject}`,
    href: isRegistry ? registryHref(subject) : (pages[name] ?? null),
    detail,
    hint,
    at: null,
  };
}

/** Returns the jobs that failed. Of the same work only the last counts: what was mended since is no trouble. */
function failedJobs(jobs: readonly ServiceJob[]): ServiceJob[] {
  const seen = new Set<string>();
  return jobs.filter((job) => {
    const work = `${job.kind} ${job.registry ?? ''} ${job.schedule ?? ''} ${job.hosts.join(' ')}`;
    if (job.state !== 'done' || seen.has(work)) return false;
    seen.add(work);
    return job.result !== null && ['failed', 'unreachable', 'partly', 'lost'].includes(job.result);
  });
}
