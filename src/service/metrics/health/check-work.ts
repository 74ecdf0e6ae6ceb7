import { count } from '../../../text/count.js';
import { openStates } from '../../jobs/job.js';
import type { SiteWatch } from '../../jobs/site-watch.js';
import { Problem } from '../../problem.js';
import type { ManagedRegistries } from '../../registries/managed-registries.js';
import type { Database } from '../../store/database.js';
import { type HealthCheck, healthy, unhealthy } from './health-check.js';

const hour = 3_600_000;

/** Checks that the site and the file of registries can be read; nothing where the service has no site. */
export async function checkSite(site: SiteWatch, managed: ManagedRegistries): Promise<HealthCheck[]> {
  if (site.site === undefined) return [];
  const name = 'site';
  managed.list();
  if (managed.problem !== '') {
    const hint = 'Mend the file: what it had before goes on, and no registry is changed';
    return [unhealthy('failing', { name, subject: 'registries.yaml', detail: managed.problem, hint })];
  }
  try {
    const { hosts, plays } = await site.look();
    return [healthy(name, `${count(plays.length, 'play')}, ${count(hosts.length, 'host')}`)];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const hint = 'Mend the site: no job can begin until then';
    return [unhealthy('failing', { name, detail: error.message, hint })];
  }
}

/** Checks how the hosts are beside the site. */
export async function checkDrift({ db }: Database): Promise<HealthCheck[]> {
  const rows = await db
    .selectFrom('host_drift')
    .select(['state', ({ fn }) => fn.countAll().as('count')])
    .groupBy('state')
    .execute();
  if (rows.length === 0) return [];
  const of = (state: string) => Number(rows.find((row) => row.state === state)?.count ?? 0);
  const [differs, unknown] = [of('differs'), of('unknown')];
  const detail = `${count(of('as-wanted'), 'host')} as wanted, ${differs} differing, ${unknown} not known`;
  if (differs + unknown === 0) return [healthy('drift', detail)];
  const hint = 'See GET /api/v1/drift; plan what to do with POST /api/v1/hosts/HOST/plan';
  return [unhealthy('warning', { name: 'drift', detail, hint })];
}

/** Checks the replicas of registries that have several hosts. */
export async function checkReplicas({ db }: Database): Promise<HealthCheck[]> {
  const rows = await db.selectFrom('replica_members').selectAll().orderBy('registry').orderBy('host').execute();
  return rows.map(({ registry, host, role, state, error, missing, other, extra }) => {
    const subject = `${registry} ${host}`;
    const name = 'replicas';
    if (state === 'agree')
      return healthy(name, role === 'writer' ? 'the writer answers' : 'it has what the writer has', subject);
    if (error !== '') {
      const hint = 'See that it runs, can be reached from here, and trusts the tokens of this service';
      return unhealthy(role === 'writer' ? 'failing' : 'warning', { name, subject, detail: error, hint });
    }
    const detail =
      state === 'unknown'
        ? 'a part of it was compared'
        : `${missing} tags missing, ${other} with another image, ${extra} more than the writer`;
    const hint = 'See GET /api/v1/registries/NAME/replicas, and the sync that fills it';
    return unhealthy('warning', { name, subject, detail, hint });
  });
}

/** Checks the queue of jobs, and how those of the last day ended. */
export async function checkJobs({ db }: Database, now = Date.now()): Promise<HealthCheck> {
  const [open, ended] = await Promise.all([
    db
      .selectFrom('jobs')
      .select(['state', ({ fn }) => fn.countAll().as('count'), ({ fn }) => fn.min('created_at').as('oldest')])
      .where('state', 'in', openStates)
      .groupBy('state')
      .execute(),
    db
      .selectFrom('jobs')
      .select(['result', ({ fn }) => fn.countAll().as('count')])
      .where('ended_at', '>', now - 24 * hour)
      .groupBy('result')
      .execute(),
  ]);
  const sum = (rows: readonly { readonly count: unknown }[]) => rows.reduce((all, row) => all + Number(row.count), 0);
  const waiting = open.filter(({ state }) => state === 'queued' || state === 'waiting');
  const bad = ended.filter(({ result }) => ['failed', 'unreachable', 'partly', 'lost'].includes(result ?? ''));
  const detail = `${sum(open) - sum(waiting)} at work, ${sum(waiting)} waiting; ${sum(ended)} ended in the last day, ${sum(bad)} of them badly`;
  const oldest = waiting.map((row) => Number(row.oldest)).reduce((one, other) => Math.min(one, other), now);
  if (now - oldest > hour) {
    const hint = 'See what they wait for: GET /api/v1/jobs?state=open. Cancel what hangs, or raise jobs_at_once';
    return unhealthy('warning', { name: 'jobs', detail: `${detail}; one has waited for over an hour`, hint });
  }
  if (sum(bad) > 0) {
    return unhealthy('warning', {
      name: 'jobs',
      detail,
      hint: 'See their events, and run them again when what failed is mended',
    });
  }
  return healthy('jobs', detail);
}
