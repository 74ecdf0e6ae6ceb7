import { ConnectionError } from '../../connection/connection.js';
import { InputError } from '../../diagnostics/diagnostic.js';
import type { HostProgram, Play, PlayHost } from '../../model/play.js';
import type { HostContext } from '../../model/resource.js';
import { explain, isUnwilling } from '../explain.js';
import { Handlers } from '../handlers/handlers.js';
import { HostTeller, secondsSince, type Tell } from '../host-teller.js';
import { becomeOf } from '../link/become.js';
import type { Workman } from '../settle/workman.js';
import { Agenda } from '../walk/agenda.js';
import type { RunOnce } from '../walk/run-once.js';
import type { Stepper } from '../walk/step.js';
import { Walk } from '../walk/walk.js';
import { Delegates } from './delegates.js';
import type { HostRun, OpenHost } from './host-run.js';
import { makeWorkman, recordsOf } from './make-workman.js';
import type { RunOptions } from './run.js';

/** What hosts of a run have in common. */
export interface RunParts {
  readonly options: RunOptions;
  /** Name of the run in the hosts' journals. */
  readonly id: string;
  readonly tell: Tell;
  readonly interrupted: Promise<undefined>;
  /** Whether a task is wanted, where somebody is asked about each. */
  readonly wants: Stepper['wants'] | undefined;
  /** No new tasks. */
  stopped(): boolean;
  /** A host that tasks are delegated to, in the run or not. */
  delegateOf(name: string): HostRun;
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
      if (!host.hasToldFacts) teller.facts({ ...open.context.facts });
      host.hasToldFacts = true;
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
  const { context } = open;
  const program = makeProgram(play, context);
  const handlers = new Handlers(program.handlers, host.pending.keys());
  handlers.know(program.leftOut ?? []);
  const agenda = new Agenda(program.items, handlers, run.options);
  const as = becomeOf(play, settings);
  const working = { check: run.options.check, as, peers: play.hosts.length };
  const records = recordsOf(host, open);
  const workman = exclusive(makeWorkman(host, open, working, records), host);
  const delegates = new Delegates({ host, workman, records, play, run });
  host.onForeignChange = () => workman.forget();
  const staged = context.root !== '';
  const walk = new Walk({
    host,
    agenda,
    handlers,
    workman,
    delegates,
    teller,
    runOnce,
    staged,
    wants: run.wants,
    interrupted: run.interrupted,
    stopped: run.stopped,
  });
  try {
    return (await walk.run()) !== 'failed';
  } finally {
    host.onForeignChange = () => {};
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

/** Keeps the tasks of a host apart from those that others delegate to it. */
function exclusive(workman: Workman, host: HostRun): Workman {
  return {
    foresees: workman.foresees,
    settle: (turn) => host.exclusively(() => workman.settle(turn)),
    forget: () => workman.forget(),
    owe: (handlers) => workman.owe(handlers),
    withdraw: (handlers) => workman.withdraw(handlers),
    dismiss: (handler, round) => workman.dismiss(handler, round),
  };
}
