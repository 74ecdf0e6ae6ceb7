import { basename } from 'node:path';
import { ConnectionError } from '../../connection/connection.js';
import { InputError } from '../../diagnostics/diagnostic.js';
import { recordedTaskOf } from '../../model/define-resource.js';
import type { ConnectionSettings, Play } from '../../model/play.js';
import type { Become, Task } from '../../model/task.js';
import { explainError } from '../explain-error.js';
import { type HandlerRecordStore, HandlerRecords } from '../handlers/handler-records.js';
import { PendingFolder } from '../handlers/pending.js';
import { defaultBecome } from '../link/become.js';
import type { MadeBy } from '../records/written-records.js';
import { Checker } from '../settle/check.js';
import { Converger } from '../settle/converge.js';
import { Measurements } from '../settle/measurements.js';
import type { TaskExecutor, TaskRun } from '../settle/task-executor.js';
import { failedEnding, type TaskEnding } from '../task-ending.js';
import type { HostRun } from './host-run.js';
import type { OpenHost } from './open-host.js';
import type { RunContext } from './run-context.js';
import type { RunHosts } from './run-hosts.js';

/** Parts that the executors of a host's tasks are made of. */
export interface ExecutorParts {
  readonly host: HostRun;
  readonly play: Play;
  readonly run: RunContext;
  readonly hosts: RunHosts;
  /** Returns the settings of a host of the play. */
  settingsOf(name: string): ConnectionSettings | undefined;
}

/** Executors of a host's tasks in a play: its own, and those for tasks that it delegates. */
export interface HostExecutors {
  readonly own: TaskExecutor;
  /** Returns the executor for a task that is delegated to a host. */
  forDelegate(name: string): TaskExecutor;
}

/** Makes the executors of a host. @param as user of its tasks that don't name one */
export function makeExecutors(parts: ExecutorParts, open: OpenHost, as: Become): HostExecutors {
  const { host, play, run } = parts;
  const records = recordsOnHost(host, open);
  const peers = play.hosts.length;
  const { check, leftovers } = run.options;
  const mayChange = changesAllowed(parts);
  const site = leftovers?.site;
  const executor = makeExecutor(host, open, { check, site, as, peers, records, owner: host, mayChange });
  // What others do on the machine meanwhile must not meet the host's own tasks.
  const own = withExecute(executor, (task) => host.exclusively(() => executor.execute(task)));
  return {
    own,
    forDelegate: (name) => {
      if (name === host.name) return own;
      const delegate = withExecute(own, (task) => executeOnDelegate(name, task, parts, own, records));
      return { ...delegate, forget: () => {} };
    },
  };
}

function withExecute(executor: TaskExecutor, execute: TaskExecutor['execute']): TaskExecutor {
  return {
    isCheckMode: executor.isCheckMode,
    execute,
    forget: () => executor.forget(),
    recordDue: (handlers) => executor.recordDue(handlers),
    cancelDue: (handlers) => executor.cancelDue(handlers),
    skipHandler: (handler, round) => executor.skipHandler(handler, round),
  };
}

function makeExecutor(
  on: HostRun,
  { connection, context, claim, written }: OpenHost,
  options: {
    readonly check: boolean;
    /** Name of the site in the records of what is made; undefined: nothing is recorded as made. */
    readonly site: string | undefined;
    readonly as: Become;
    /** Number of hosts of the play. */
    readonly peers: number;
    readonly records: HandlerRecordStore | undefined;
    /** Host that the tasks and handlers belong to. */
    readonly owner: HostRun;
    readonly mayChange: (run: TaskRun) => boolean;
  },
): TaskExecutor {
  const { check, site, as, peers, records, owner, mayChange } = options;
  const measurements = new Measurements(connection, context, as, { peers, check });
  if (check) return new Checker(measurements, context, on.expected, (id) => owner.pending.delete(id));
  const isStaged = context.root !== '';
  const nextChangeId = isStaged ? () => undefined : () => `${claim}-${on.nextChange()}`;
  const madeBy = (task: Task, notifies: readonly Task[]) =>
    site === undefined ? undefined : makerOf(task, notifies, site);
  return new Converger({ connection, measurements, host: context, records, written, madeBy, nextChangeId, mayChange });
}

/** Returns the decision about changes of a host's tasks in a play. */
function changesAllowed({ host, play, run }: ExecutorParts): (run: TaskRun) => boolean {
  const { mayChange } = run.options;
  if (mayChange === undefined) return () => true;
  return ({ task: { name: task, role }, handler }) =>
    mayChange({ host: host.name, play: play.name, role, task, handler: handler !== undefined });
}

function makerOf({ name, role, place, removal, resource }: Task, notifies: readonly Task[], site: string): MadeBy {
  const handlers = notifies.flatMap((handler) => {
    const recorded = recordedTaskOf(handler.resource);
    return recorded === undefined ? [] : [{ ...recorded, name: handler.name }];
  });
  const of = `${resource.kind}:${resource.id}`;
  return { site, task: name, of, role, file: place && basename(place.file), removal, handlers };
}

/** Returns the records of a host's due handlers; there are none below a staging folder. */
export function recordsOnHost(host: HostRun, { connection, context, places }: OpenHost): HandlerRecords | undefined {
  if (context.root !== '') return undefined;
  return new HandlerRecords(connection, new PendingFolder(places), host.pending);
}

/**
 * Executes a task of one host on another. A machine has one connection and one lock in a run; tasks of several hosts run
 * there one after the other, each measured anew. A delegate that can't be reached fails the task.
 */
async function executeOnDelegate(
  name: string,
  task: TaskRun,
  parts: ExecutorParts,
  own: TaskExecutor,
  records: HandlerRecordStore | undefined,
): Promise<TaskEnding> {
  const { host, play, run, hosts } = parts;
  const other = hosts.of(name);
  const execute = async () => {
    const settings = parts.settingsOf(name) ?? play.settingsOf?.(name);
    if (settings === undefined) throw new Error(`${name} is not a host of the inventory`);
    const as = defaultBecome(settings);
    const open = await other.open(settings, as, run);
    if (open === undefined) return failedEnding(`interrupted before ${name} was connected`);
    const remote = records && withoutScripts(records);
    const peers = play.hosts.length;
    const executor = makeExecutor(other, open, {
      check: run.options.check,
      site: undefined,
      as,
      peers,
      records: remote,
      owner: host,
      mayChange: changesAllowed(parts),
    });
    return executor.execute({ ...task, upcoming: () => [] });
  };
  try {
    const ending = await other.exclusively(execute);
    if (ending.outcome === 'changed' || ending.hasActed) {
      other.noteForeignChange();
      own.forget();
    }
    return ending;
  } catch (error) {
    if (!(error instanceof ConnectionError || error instanceof InputError)) throw error;
    const { message, hint } = explainError(error);
    return failedEnding(`delegated to ${name}: ${message}`, hint);
  }
}

/** Records handlers on the delegating host with a separate request: a script on the other host cannot do it. */
function withoutScripts(records: HandlerRecordStore): HandlerRecordStore {
  return {
    recordScript: () => undefined,
    record: (handlers) => records.record(handlers),
    clearScript: () => undefined,
    clear: (id) => records.clear(id),
  };
}
