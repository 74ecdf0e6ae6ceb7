import type { Become } from '../../model/task.js';
import { PendingFolder } from '../handlers/pending.js';
import { PendingRecords, type Records } from '../handlers/pending-records.js';
import { Checker } from '../settle/check.js';
import { Converger } from '../settle/converge.js';
import { Measurements } from '../settle/measurements.js';
import type { Workman } from '../settle/workman.js';
import type { HostRun, OpenHost } from './host-run.js';

/** Who works on a host in a play. */
export interface Working {
  readonly check: boolean;
  /** Who tasks run as that don't say otherwise. */
  readonly as: Become;
  /** Hosts of the play. */
  readonly peers: number;
}

/**
 * Makes what does the work of tasks on an open host.
 *
 * @param owner whose tasks and handlers they are, where that is another host
 * @param records where its due handlers are written down, if anywhere
 */
export function makeWorkman(
  on: HostRun,
  { connection, context }: OpenHost,
  { check, as, peers }: Working,
  records: Records | undefined,
  owner = on,
): Workman {
  const measurements = new Measurements(connection, context, as, peers);
  if (check) return new Checker(measurements, context, on.expected, (id) => owner.pending.delete(id));
  const staged = context.root !== '';
  const nextChange = staged ? () => undefined : () => on.nextChange();
  return new Converger({ connection, measurements, host: context, records, nextChange });
}

/** Where due handlers of a host are written down; nowhere below a staging folder. */
export function recordsOf(host: HostRun, { connection, context, main }: OpenHost): PendingRecords | undefined {
  if (context.root !== '') return undefined;
  return new PendingRecords(connection, new PendingFolder(context.facts, main), host.pending);
}
