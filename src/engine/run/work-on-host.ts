import { ConnectionError } from '../../connection/connection.js';
import { InputError } from '../../diagnostics/diagnostic.js';
import type { HostProgram, Play, PlayHost } from '../../model/play.js';
import type { HostContext } from '../../model/resource.js';
import { explainError, isHostFailure } from '../explain-error.js';
import { Handlers } from '../handlers/handlers.js';
import { HostReporter, secondsSince } from '../host-reporter.js';
import { defaultBecome } from '../link/become.js';
import { Agenda } from '../walk/agenda.js';
import type { RunOnce } from '../walk/run-once.js';
import { Walk } from '../walk/walk.js';
import { type ExecutorParts, makeExecutors } from './executors.js';
import type { OpenHost } from './open-host.js';

/** Parts of a host's work in a play. */
export interface HostWorkParts extends ExecutorParts {
  readonly settings: PlayHost['settings'];
  readonly runOnce: RunOnce;
}

/** Takes a host through a play. Never throws: errors are reported, and take the host out of the run. */
export async function workOnHost(parts: HostWorkParts): Promise<void> {
  const { host, play, settings, runOnce, run } = parts;
  const began = performance.now();
  const reporter = new HostReporter(run.emit, host, play.name);
  reporter.start();
  run.links.use(host);
  try {
    // It may be about to be closed, or at work for another host.
    const open = (await host.whenFree()) ?? (await host.open(settings, defaultBecome(settings), run));
    if (open !== undefined) {
      if (!host.hasReportedFacts) reporter.facts({ ...open.context.facts });
      host.hasReportedFacts = true;
      if (!run.stopping.aborted) host.isOut = !(await walkThrough(parts, open, reporter));
    }
  } catch (error) {
    host.isOut = true;
    const { message, hint } = explainError(error);
    if (error instanceof ConnectionError && !isHostFailure(error.problem)) {
      reporter.unreachable(error.problem, message, hint);
    } else {
      reporter.failed(message, hint);
    }
  }
  host.seconds += secondsSince(began);
  runOnce.leave(host.name);
  if (host.isOut) await host.close();
  reporter.end();
}

/** @returns whether the host may go on */
async function walkThrough(parts: HostWorkParts, open: OpenHost, reporter: HostReporter): Promise<boolean> {
  const { host, play, settings, runOnce, run } = parts;
  const { context } = open;
  const program = makeProgram(play, context);
  const handlers = new Handlers(program.handlers, host.pending.keys());
  handlers.know(program.leftOut ?? []);
  host.named.add(program.leftOut ?? []);
  host.named.add(program.handlers);
  const executors = makeExecutors(parts, open, defaultBecome(settings));
  const walk = new Walk({
    host,
    agenda: new Agenda(program.items, handlers, run.options, host.named),
    handlers,
    executors,
    reporter,
    runOnce,
    isStaged: context.root !== '',
    wants: run.wants,
    stopping: run.stopping,
  });
  try {
    return (await host.whileAtWork(executors.own.forget, () => walk.run())) !== 'failed';
  } finally {
    for (const id of handlers.ids()) host.knownHandlers.add(id);
  }
}

/** @throws InputError for errors of the input that show only now; an Error that names the play for bugs of a role */
function makeProgram(play: Play, context: HostContext): HostProgram {
  try {
    return play.program(context);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { message } = explainError(error);
    throw new Error(`the tasks of the play "${play.name}" could not be made: ${message}`, { cause: error });
  }
}
