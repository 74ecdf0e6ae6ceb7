import { openStates } from '../jobs/job.js';
import type { Database } from '../store/database.js';
import type { MakeGauge } from './process-gauges.js';

/** Parts of the state that are measured beside the database. */
export interface MeasuredState {
  /** Names of the registries. */
  readonly registries: () => readonly string[];
  /** Milliseconds for which sizes of the index count: it takes a look at all of it. */
  readonly sizesFor: number;
}

/** Adds what the database says: jobs, registries, the index, drift. */
export function addStateGauges(gauge: MakeGauge, { db }: Database, { registries, sizesFor }: MeasuredState): void {
  const jobs = gauge('provision_jobs', 'Jobs that have not ended', ['state'], async () => {
    const rows = await db
      .selectFrom('jobs')
      .select(['state', ({ fn }) => fn.countAll().as('count')])
      .where('state', 'in', openStates)
      .groupBy('state')
      .execute();
    for (const state of openStates) {
      jobs.set({ state }, Number(rows.find((row) => row.state === state)?.count ?? 0));
    }
  });
  const age = gauge(
    'provision_reconcile_age_seconds',
    'Time since a registry was last compared with the index as a whole',
    ['registry'],
    async () => {
      const rows = await db.selectFrom('reconciliations').select(['registry', 'succeeded_at']).execute();
      age.reset();
      const known = new Set(registries());
      for (const { registry, succeeded_at: at } of rows) {
        if (at !== null && known.has(registry)) age.set({ registry }, (Date.now() - at) / 1000);
      }
    },
  );
  let countedAt = Number.NEGATIVE_INFINITY;
  const size = gauge('provision_index_entries', 'Entries of the index', ['of'], async () => {
    if (performance.now() - countedAt < sizesFor) return;
    countedAt = performance.now();
    for (const table of ['repositories', 'tags', 'manifests'] as const) {
      const { count } = await db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      size.set({ of: table }, Number(count));
    }
  });
  const drift = gauge('provision_drift_hosts', 'Hosts by how they are beside the site', ['state'], async () => {
    const rows = await db
      .selectFrom('host_drift')
      .select(['state', ({ fn }) => fn.countAll().as('count')])
      .groupBy('state')
      .execute();
    for (const state of ['as-wanted', 'differs', 'unknown'] as const) {
      drift.set({ state }, Number(rows.find((row) => row.state === state)?.count ?? 0));
    }
  });
  const replicas = gauge('provision_replicas', 'Hosts of registries that have several', ['state'], async () => {
    const rows = await db
      .selectFrom('replica_members')
      .select(['state', ({ fn }) => fn.countAll().as('count')])
      .groupBy('state')
      .execute();
    for (const state of ['agree', 'differ', 'unknown'] as const) {
      replicas.set({ state }, Number(rows.find((row) => row.state === state)?.count ?? 0));
    }
  });
}
