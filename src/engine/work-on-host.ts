import { ConnectionError, type Prober } from '../connection/connection.js';
import { InputError } from '../diagnostics/diagnostic.js';
import type { HostProgram, Play, PlayHost } from '../model/play.js';
import type { HostContext } from '../model/resource.js';
import type { Become } from '../model/task.js';
import { Agenda } from './agenda.js';
import { becomeOf } from './become.js';
import { Checker } from './check.js';
import { Converger } from './converge.js';
import { explain, isUnwilling } from './explain.js';
import { Handlers } from './handlers.js';
import type { HostRun, OpenHost } from './host-run.js';
import { HostTeller, secondsSince, type Tell } from './host-teller.js';
import { Measurements } from './measurements.js';
import { PendingFolder } from './pending.js';
import { PendingRecords } from './pending-records.js';
import type { RunOptions } from './run.js';
import type { RunOnce } from './run-once.js';
import { Walk } from './walk.js';
import type { Workman } from './workman.js';

/** What hosts of a run have in common. */
export interface RunParts {
  readonly options: RunOptions;
  /** Name of the run in the hosts' journals. */
  readonly id: string;
  readonly tell: Tell;
  readonly interrupted: Promise<undefined>;
  /** No new tasks. */
  stopped(): boolean;
}

/** Takes a host through a play. Never throws: what goes wrong is told, and takes the host out of the run. */
export async function workOnHost(
  host: HostRun,
  play: Play,
  { settings }: PlayHost,
  runOnce: RunOnce,
  run: RunParts,
): Promise<void> {
  const began = performance.now();
  const teller = new HostTeller(run.tell, host, play.name);
  teller.start();
  try {
    const known = host.opened;
    const open = known ?? (await host.open(settings, becomeOf(play, settings), { ...run.options, ...run }));
    if (open !== undefined) {
      if (known === undefined) teller.facts({ ...open.context.facts });
      if (!run.stopped()) host.isOut = !(await walkThrough(host, open, play, settings, teller, runOnce, run));
    }
  } catch (error) {
    host.isOut = true;
    const { message, hint } = explain(error);
    if (error instanceof ConnectionError && !isUnwilling(error.problem)) {
      teller.unreachable(error.problem, message, hint);
    } else {
      teller.failed(message, hint);
    }
  }
  host.seconds += secondsSince(began);
  runOnce.leave(host.name);
  if (host.isOut) await host.close();
  teller.end();
}

/** @returns whether the host may go on */
async function walkThrough(
  host: HostRun,
  open: OpenHost,
  play: Play,
  settings: PlayHost['settings'],
  teller: HostTeller,
  runOnce: RunOnce,
  run: RunParts,
): Promise<boolean> {
  const { context, connection } = open;
  const program = makeProgram(play, context);
  const handlers = new Handlers(program.handlers, host.pending.keys());
  const agenda = new Agenda(program.items, handlers, run.options);
  const as = becomeOf(play, settings);
  const workman = run.options.check
    ? checker(connection, as, host, open, play.hosts.length)
    : converger(as, host, open, play.hosts.length);
  const staged = context.root !== '';
  const walk = new Walk({
    host,
    agenda,
    handlers,
    workman,
    teller,
    runOnce,
    staged,
    interrupted: run.interrupted,
    stopped: run.stopped,
  });
  try {
    return (await walk.run()) !== 'failed';
  } finally {
    for (const id of handlers.ids()) host.knownHandlers.add(id);
  }
}

/** @throws InputError for mistakes that showed only now; an Error that names the play for bugs of a role */
function makeProgram(play: Play, context: HostContext): HostProgram {
  try {
    return play.program(context);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new Error(`the tasks of ${play.name} could not be made: ${explain(error).message}`, { cause: error });
  }
}

function checker(prober: Prober, as: Become, host: HostRun, { context }: OpenHost, peers: number): Workman {
  const measurements = new Measurements(prober, context, as, peers);
  return new Checker(measurements, context, host.expected, (id) => host.pending.delete(id));
}

function converger(as: Become, host: HostRun, open: OpenHost, peers: number): Workman {
  const { connection, context, main } = open;
  const staged = context.root !== '';
  const folder = new PendingFolder(context.facts, main);
  return new Converger({
    connection,
    measurements: new Measurements(connection, context, as, peers),
    host: context,
    records: staged ? undefined : new PendingRecords(connection, folder, host.pending),
    nextChange: staged ? () => undefined : () => host.nextChange(),
  });
}
