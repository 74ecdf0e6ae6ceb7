import type { RunEvent, RunReport } from '../engine/events.js';
import { Session } from './session/session.js';
import type { SessionOptions } from './session/session-options.js';
import { collectTaskReports, type TaskReport } from './task-report.js';

/** Options of {@link run}: those of the command. */
export interface SiteRunOptions extends Omit<SessionOptions, 'vaultHint'> {
  /** Receives each event as it happens, without secrets. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** Result of a run, without secrets. Hosts that failed or were unreachable are in it, never thrown. */
export interface SiteRun extends RunReport {
  /** Results of the tasks on each host, in the order in which they ended. */
  readonly tasks: readonly TaskReport[];
  /** Hosts that couldn't be reached or worked with: name → why. */
  readonly problems: Readonly<Record<string, string>>;
}

/**
 * Runs a site, as the command does, and returns the result. Passwords that the options don't give are those of the
 * environment, as for the command. Runs beside each other in a process keep their secrets apart.
 *
 * @throws InputError with every error that was found; no host has been contacted then
 * @example
 * const { exitStatus, tasks } = await run({ site: 'site.yaml', inventory: 'inventory.yaml', check: true });
 * const differing = tasks.filter(({ outcome }) => outcome === 'would-change');
 */
export async function run(options: SiteRunOptions): Promise<SiteRun> {
  const session = new Session({ ...options, vaultHint: 'give its password in vaultPasswords or vaultPasswordFiles' });
  const { plays } = await session.load();
  await session.findPasswords(plays);
  const collected = collectTaskReports();
  const problems: Record<string, string> = {};
  session.reportTo({
    onEvent(event) {
      collected.onEvent(event);
      if (event.event === 'host-failed' || event.event === 'host-unreachable') problems[event.host] = event.message;
      options.onEvent?.(event);
    },
    end: () => {},
  });
  const report = await session.run(plays);
  return { ...report, tasks: collected.tasks, problems };
}
