import type { Kysely } from 'kysely';
import { addServiceEvent } from '../events/add-service-event.js';
import { requestOf, type StoredJob } from '../jobs/job.js';
import type { JobFolders } from '../jobs/job-folders.js';
import type { JobOutcome } from '../jobs/job-store.js';
import type { FoundRegistry, ManagedRegistries } from '../registries/managed-registries.js';
import type { HostDriftRow, RegistryDriftRow, Tables } from '../store/tables.js';
import { writeHostDrift, writeRegistryDrift } from './drift-store.js';
import { type DriftLook, type DriftState, driftEventOf, driftTasksOf, stateAfter } from './next-state.js';
import { readFindings } from './read-findings.js';
import { wantedFields } from './registry-fields.js';
import { findingsOfRegistry } from './registry-tasks.js';
import type { HostFindings } from './run-findings.js';

/** Parts that the outcomes of jobs are turned into states with. */
interface JobDriftParts {
  readonly folders: JobFolders;
  readonly managed: ManagedRegistries;
}

/** Writes what a job that ends has found, in the transaction that ends it. */
export type WriteFindings = (db: Kysely<Tables>) => Promise<void>;

/** Hosts whose states are read at once. */
const atOnce = 200;

/**
 * Reads what a job that ends says of its hosts beside the site. Jobs that only try a change out, and those with variables of their
 * own, are about another site than the one that is kept: they say nothing.
 */
export async function findingsOfJob(
  { folders, managed }: JobDriftParts,
  job: StoredJob,
  outcome: JobOutcome,
  now = Date.now(),
): Promise<WriteFindings | undefined> {
  const request = requestOf(job);
  if (request.work !== 'run' && request.work !== 'registry') return undefined;
  const { run } = request;
  if (request.work === 'registry' && (run.check || !['ok', 'changed'].includes(outcome.result))) return undefined;
  if (Object.keys(run.variables).length > 0 || job.sealed !== null) return undefined;
  const found = (await readFindings(folders, job.id)).at(-1);
  if (found === undefined) return undefined;
  const isEnded = !['cancelled', 'lost'].includes(outcome.result);
  const isWhole = run.tags.length + run.skipTags.length === 0 && isEnded;
  const changedAt = managed.changedAt();
  const isCurrent = request.work === 'registry' || changedAt < (job.started_at ?? 0);
  const hosts = [...found.hosts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const looks = hosts.map(([host, findings]): readonly [string, DriftLook] => {
    const isPart = !isWhole || outcome.hosts?.[host] === 'failed' || findings.isUnreachable;
    return [host, { findings, isPart, job: job.id, now }];
  });
  const registries = managed.list();
  return async (db) => {
    for (let at = 0; at < looks.length; at += atOnce) {
      await writeLooks(db, new Map(looks.slice(at, at + atOnce)), { registries, isCurrent, now });
    }
  };
}

interface LookContext {
  readonly registries: readonly FoundRegistry[];
  /** The file of registries was not changed while the job ran. */
  readonly isCurrent: boolean;
  readonly now: number;
}

async function writeLooks(db: Kysely<Tables>, looks: ReadonlyMap<string, DriftLook>, context: LookContext) {
  const names = [...looks.keys()];
  const former = new Map(
    (await db.selectFrom('host_drift').selectAll().where('host', 'in', names).execute()).map((row) => [row.host, row]),
  );
  const ofRegistries = await db.selectFrom('registry_drift').selectAll().where('host', 'in', names).execute();
  const rows: HostDriftRow[] = [];
  for (const [host, look] of looks) {
    const next = stateAfter(former.get(host), look);
    if (next === undefined) continue;
    rows.push({ ...next, host });
    const own = ofRegistries.filter((row) => row.host === host);
    const differing = await writeRegistries(db, host, look, { ...context, rows: own });
    await tellOf(db, host, { former: former.get(host), next, registries: differing, now: context.now });
  }
  await writeHostDrift(db, rows);
}

/** Writes the states of a host's registries. @returns those that differ */
async function writeRegistries(
  db: Kysely<Tables>,
  host: string,
  look: DriftLook,
  { registries, isCurrent, rows }: LookContext & { readonly rows: readonly RegistryDriftRow[] },
): Promise<string[]> {
  const own = registries.filter((each) => each.host === host);
  if (own.length + rows.length === 0) return [];
  const entries = own.map(({ entry }) => entry);
  const next = own.flatMap(({ entry, ...rest }): RegistryDriftRow[] => {
    const { name: registry } = entry;
    const row = rows.find((each) => each.registry === registry);
    const findings: HostFindings = findingsOfRegistry(look.findings, entry, entries);
    const state = stateAfter(row, { ...look, findings });
    if (state === undefined) return row === undefined ? [] : [row];
    const isMeasured = state.state === 'as-wanted' && isCurrent;
    const measured = isMeasured
      ? { measured: JSON.stringify(wantedFields({ entry, ...rest })), measured_at: look.now }
      : { measured: row?.measured ?? null, measured_at: row?.measured_at ?? null };
    return [{ ...state, registry, host, ...measured }];
  });
  await writeRegistryDrift(db, host, next);
  return next.filter(({ state }) => state === 'differs').map(({ registry }) => registry);
}

async function tellOf(
  db: Kysely<Tables>,
  host: string,
  {
    former,
    next,
    registries,
    now,
  }: {
    readonly former: DriftState | undefined;
    readonly next: DriftState;
    readonly registries: readonly string[];
    readonly now: number;
  },
): Promise<void> {
  const kind = driftEventOf(former, next);
  if (kind === undefined) return;
  const differs = kind === 'drift.found' ? next : former;
  const data = {
    job: next.job,
    since: new Date(differs?.differs_since ?? now).toISOString(),
    count: differs?.task_count ?? 0,
    registries,
    tasks: driftTasksOf(differs ?? next)
      .slice(0, 10)
      .map(({ task, role, outcome, summary }) => ({ task, role, outcome, summary: summary.slice(0, 300) })),
  };
  await addServiceEvent(db, { kind, subject: host, at: now, actor: '', data });
}
