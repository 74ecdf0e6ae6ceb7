import type { z } from 'zod';
import type { FoundRegistry } from '../registries/managed-registries.js';
import type { driftSchema, driftWithTasks, registryDrift } from '../schemas/drift.js';
import { shownTime, shownTimeOrNull } from '../schemas/fields.js';
import type { RegistryDriftRow } from '../store/tables.js';
import { type DriftState, driftTasksOf } from './next-state.js';
import { differenceOf, wantedFields } from './registry-fields.js';

/** Returns the drift of a host as answers have it. @param row undefined: it was never looked at */
export function shownDrift(row: DriftState | undefined): z.output<typeof driftSchema> {
  if (row === undefined) return neverLooked;
  return {
    state: row.state,
    since: shownTime(row.since),
    differsSince: shownTimeOrNull(row.differs_since),
    lookedAt: shownTimeOrNull(row.looked_at),
    reason: row.reason === '' ? null : row.reason,
    count: row.task_count,
    job: row.job,
  };
}

/** {@link shownDrift}, with what differs. */
export function shownDriftTasks(row: DriftState | undefined): z.output<typeof driftWithTasks> {
  return { ...shownDrift(row), tasks: row === undefined ? [] : driftTasksOf(row) };
}

/**
 * Returns the drift of a registry as answers have it: what its host was found to have, beside the file as it is now.
 * @param changedAt time at which the file was changed last
 */
export function shownRegistryDrift(
  found: FoundRegistry,
  row: RegistryDriftRow | undefined,
  { changedAt, withTasks }: { readonly changedAt: number; readonly withTasks: boolean },
): z.output<typeof registryDrift> {
  const wanted = wantedFields(found);
  const known = row?.measured ?? null;
  const measured: Record<string, unknown> | null = known === null ? null : JSON.parse(known);
  const difference = measured === null ? [] : differenceOf(wanted, measured);
  const { tasks, ...drift } = shownDriftTasks(row);
  const isEdited = drift.state === 'as-wanted' && difference.length > 0;
  const since = isEdited ? shownTime(Math.round(changedAt)) : null;
  return {
    ...drift,
    ...(isEdited ? { state: 'differs', since, differsSince: since } : {}),
    wanted,
    measured,
    measuredAt: shownTimeOrNull(row?.measured_at ?? null),
    difference,
    tasks: withTasks ? tasks : [],
  };
}

const neverLooked: z.output<typeof driftSchema> = {
  state: 'unknown',
  since: null,
  differsSince: null,
  lookedAt: null,
  reason: 'never',
  count: 0,
  job: null,
};
