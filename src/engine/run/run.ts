import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Play } from '../../model/play.js';
import type { Counts, RunReport } from '../events.js';
import { type Emit, emitter, secondsSince } from '../host-reporter.js';
import { Stepper } from '../walk/stepper.js';
import { findLeftovers, forgetRemoved } from './end-leftovers.js';
import { endPending } from './end-pending.js';
import type { HostRun } from './host-run.js';
import { KnownMachines } from './known-machines.js';
import { leftoverPlay } from './leftover-play.js';
import { LinkLimit } from './link-limit.js';
import type { RunContext, RunOptions } from './run-context.js';
import { RunHosts } from './run-hosts.js';
import { runPlay } from './run-play.js';

/** Runs plays one after the other, each on its hosts in parallel. Failures of hosts are in the report, never thrown. */
export async function runPlays(plays: readonly Play[], options: RunOptions): Promise<RunReport> {
  const began = performance.now();
  const emit = emitter(options.onEvent);
  const hosts = new RunHosts(plays.flatMap((play) => play.hosts.map(({ name }) => name)));
  emit({ event: 'run-start', check: options.check, hosts: hosts.ofPlays.map(({ name }) => name) });

  const halt = new AbortController();
  const interrupted = AbortSignal.any([options.signal]);
  const stopping = AbortSignal.any([interrupted, halt.signal]);
  setMaxListeners(0, interrupted, stopping); // Each host at work may wait.
  const stepper = options.ask && new Stepper(options.ask);
  const context: RunContext = {
    options,
    id: runId(),
    emit,
    links: new LinkLimit({ warn: (text) => emit({ event: 'message', level: 'warning', text }) }),
    machines: new KnownMachines(),
    interrupted,
    stopping,
    wants: stepper && ((about) => stepper.wants(about)),
  };
  const stop = (reason: string) => {
    if (!halt.signal.aborted) emit({ event: 'message', level: 'warning', text: reason });
    halt.abort();
  };
  const last = lastPlays(plays);
  const endOf = async (host: HostRun) => {
    await endPending(host, context);
    await findLeftovers(host, context);
    return host.leftovers.length > 0;
  };
  for (const play of plays) {
    if (stopping.aborted) break;
    await runPlay(play, { run: context, hosts, isLast: (name) => last.get(name) === play, endOf, stop });
  }
  const leftovers = options.leftovers && leftoverPlay(plays, hosts, options.leftovers, options);
  if (leftovers !== undefined && !stopping.aborted) {
    const forget = (host: HostRun) => forgetRemoved(host, context);
    await runPlay(leftovers, { run: context, hosts, isLast: () => true, endOf: forget, stop });
  }
  await hosts.close();
  return reportOf(hosts.ofPlays, { options, emit, began, isHalted: halt.signal.aborted });
}

/** Returns the last play of each host. */
function lastPlays(plays: readonly Play[]): ReadonlyMap<string, Play> {
  return new Map(plays.flatMap((play) => play.hosts.map(({ name }) => [name, play])));
}

function reportOf(
  hosts: readonly HostRun[],
  run: { readonly options: RunOptions; readonly emit: Emit; readonly began: number; readonly isHalted: boolean },
): RunReport {
  const { check, signal } = run.options;
  const interrupted = signal.aborted;
  const seconds = secondsSince(run.began);
  const counted = Object.fromEntries(hosts.map(({ name, counts, seconds }) => [name, { ...counts, seconds }]));
  run.emit({ event: 'run-end', seconds, interrupted, hosts: counted });
  const strict = check && run.options.strict;
  const exit = exitStatus(Object.values(counted), { interrupted, strict });
  const stopped = run.isHalted ? { stopped: true as const } : {};
  return { report: 1, check, exitStatus: exit, seconds, interrupted, ...stopped, hosts: counted };
}

/**
 * Returns the exit status of a run. It is 130 when the run was interrupted; else 2 when a host failed and 4 when one was
 * unreachable (both: 6). Without these it is 3 under `--check --strict` for differences, and 0 otherwise.
 */
function exitStatus(
  hosts: Iterable<Counts>,
  { interrupted, strict }: { readonly interrupted: boolean; readonly strict: boolean },
): number {
  if (interrupted) return 130;
  let bits = 0;
  let differs = false;
  for (const counts of hosts) {
    if (counts.failed > 0) bits |= 2;
    if (counts.unreachable > 0) bits |= 4;
    if (counts.changed + counts.kept + counts.unknown > 0) differs = true;
  }
  if (bits > 0) return bits;
  return strict && differs ? 3 : 0;
}

function runId(): string {
  return `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}
