import { randomBytes } from 'node:crypto';
import type { Connection } from '../../connection/connection.js';
import type { ConnectionSettings, Play } from '../../model/play.js';
import type { ControllerFiles } from '../../model/resource.js';
import type { RunEvent, RunReport } from '../events.js';
import { secondsSince, type Tell, teller } from '../host-teller.js';
import { type Ask, Stepper } from '../walk/step.js';
import { exitStatus } from './exit-status.js';
import { HostRun } from './host-run.js';
import { type PlayParts, runPlay } from './run-play.js';

/** What a run needs beside its plays. */
export interface RunOptions {
  readonly check: boolean;
  readonly force: boolean;
  /** Hosts worked on at a time; default 32. */
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Differences found in check mode make the exit status 3. */
  readonly strict: boolean;
  readonly files: ControllerFiles;
  /** Seconds in which a link that was lost must stand again; default 30. */
  readonly reconnectSeconds?: number;
  /** Opens the connection of a host: once a host and run, and once more each time that its link was lost. */
  connect(name: string, settings: ConnectionSettings): Promise<Connection>;
  /** `--step`: asked before each task of each host. */
  readonly ask?: Ask;
  /** Aborted on the first Ctrl-C: no new tasks are started, the ones under way end, the report is made. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** Runs plays one after the other, each over its hosts beside each other. Failures of hosts are in the report, never thrown. */
export async function run(plays: readonly Play[], options: RunOptions): Promise<RunReport> {
  const began = performance.now();
  const tell = teller(options.onEvent);
  const hosts = new Map<string, HostRun>();
  /** Hosts of no play, that tasks are delegated to. */
  const others = new Map<string, HostRun>();
  const hostOf = (name: string): HostRun => {
    const host = hosts.get(name) ?? new HostRun(name);
    hosts.set(name, host);
    return host;
  };
  for (const { name } of plays.flatMap((play) => play.hosts)) hostOf(name);
  tell({ event: 'run-start', check: options.check, hosts: [...hosts.keys()] });

  const stepper = options.ask && new Stepper(options.ask);
  let halted = false;
  const interruption = whenAborted(options.signal);
  const parts: PlayParts = {
    options,
    id: runId(),
    tell,
    wants: stepper && ((about) => stepper.wants(about)),
    interrupted: interruption.aborted,
    stopped: () => halted || options.signal.aborted,
    hostOf,
    delegateOf: (name) => {
      const host = hosts.get(name) ?? others.get(name) ?? new HostRun(name);
      if (!hosts.has(name)) others.set(name, host);
      return host;
    },
    isNeededAfter: (play, name) => lastPlayOf(name, plays) !== play,
    stop: (reason) => {
      if (!halted) tell({ event: 'message', level: 'warning', text: reason });
      halted = true;
    },
  };
  for (const play of plays) {
    if (parts.stopped()) break;
    await runPlay(play, parts);
  }
  interruption.release();
  if (!parts.stopped()) for (const host of hosts.values()) warnOfPending(host, tell);
  await Promise.all([...hosts.values(), ...others.values()].map((host) => host.close()));

  const interrupted = options.signal.aborted;
  const seconds = secondsSince(began);
  const counted = Object.fromEntries(
    [...hosts.values()].map(({ name, counts, seconds }) => [name, { ...counts, seconds }]),
  );
  tell({ event: 'run-end', seconds, interrupted, hosts: counted });
  const strict = options.check && options.strict;
  const exit = exitStatus(Object.values(counted), { interrupted, strict });
  const stopped = halted ? { stopped: true as const } : {};
  return { report: 1, check: options.check, exitStatus: exit, seconds, interrupted, ...stopped, hosts: counted };
}

function lastPlayOf(host: string, plays: readonly Play[]): Play | undefined {
  return plays.findLast((play) => play.hosts.some(({ name }) => name === host));
}

/** Handlers left by an earlier run that this one doesn't have: perhaps of another site, or renamed. */
function warnOfPending(host: HostRun, tell: Tell): void {
  if (host.isOut) return;
  for (const name of host.unknownPending()) {
    const text = `the handler "${name}" is pending from an earlier run, but no play of this run has it: it was left alone`;
    tell({ event: 'message', level: 'warning', text, host: host.name });
  }
}

function runId(): string {
  return `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}

function whenAborted(signal: AbortSignal): { readonly aborted: Promise<undefined>; release(): void } {
  let release = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    const listener = () => resolve(undefined);
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', listener, { once: true });
    release = () => signal.removeEventListener('abort', listener);
  });
  return { aborted, release };
}
