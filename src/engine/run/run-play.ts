import type { Play, PlayHost } from '../../model/play.js';
import { count } from '../../text/count.js';
import { inParallel } from '../../text/in-parallel.js';
import { RunOnce } from '../walk/run-once.js';
import type { ExecutorParts } from './executors.js';
import type { HostRun } from './host-run.js';
import type { RunContext } from './run-context.js';
import type { RunHosts } from './run-hosts.js';
import { workOnHost } from './work-on-host.js';

/** Parts of a run that a play needs. */
export interface PlayContext {
  readonly run: RunContext;
  readonly hosts: RunHosts;
  /** Tells whether no later play has the host. */
  isLast(name: string): boolean;
  /** Does what is left for a host after its last play. @returns whether its link is kept for another one */
  endOf(host: HostRun): Promise<boolean>;
  /** Stops the run for all hosts: no new tasks start. */
  stop(reason: string): void;
}

/** Runs a play on those of its hosts that are still in the run, one batch after the other. */
export async function runPlay(play: Play, context: PlayContext): Promise<void> {
  const { run, hosts } = context;
  const members = play.hosts.filter(({ name }) => !hosts.of(name).isOut);
  if (members.length === 0) return;
  run.emit({ event: 'play-start', play: play.name, hosts: members.map(({ name }) => name) });
  const settings = new Map(play.hosts.map((host) => [host.name, host.settings]));
  const settingsOf = (name: string) => settings.get(name);
  for (const batch of batches(members, play.serial)) {
    if (run.stopping.aborted) return;
    await runBatch(batch, play, { ...context, settingsOf });
    if (play.serial.length > 0 && batch.every(({ name }) => hosts.of(name).isOut)) {
      context.stop(`all hosts of a batch of the play "${play.name}" have failed: the remaining hosts are not run`);
    }
  }
}

async function runBatch(
  batch: readonly PlayHost[],
  play: Play,
  context: PlayContext & Pick<ExecutorParts, 'settingsOf'>,
): Promise<void> {
  const { run, hosts, settingsOf } = context;
  const runOnce = new RunOnce(batch.map(({ name }) => name));
  let out = 0;
  await inParallel(batch, run.options.forks, async ({ name, settings }) => {
    if (run.stopping.aborted) return runOnce.leave(name);
    const host = hosts.of(name);
    await workOnHost({ host, play, settings, settingsOf, runOnce, run, hosts });
    if (host.isOut) {
      out += 1;
      const reason = tooManyOut(out, batch.length, play);
      if (reason !== undefined) context.stop(reason);
    } else if (!context.isLast(name)) {
      run.links.keepIdle(host);
    } else {
      const isKept = !run.stopping.aborted && (await context.endOf(host));
      if (isKept) run.links.keepIdle(host);
      else if (!play.delegates?.has(name)) await host.close();
    }
  });
}

/** Returns why the run must stop, if it must. Failed and unreachable hosts count alike. */
function tooManyOut(out: number, of: number, play: Play): string | undefined {
  const failed = `${out} of ${count(of, 'host')} of the play "${play.name}" failed`;
  if (play.anyErrorsFatal) return `${failed}: the run stops (any_errors_fatal)`;
  if (play.maxFailPercentage === undefined || (out / of) * 100 <= play.maxFailPercentage) return undefined;
  return `${failed}: the run stops (max_fail_percentage ${play.maxFailPercentage})`;
}

function batches(hosts: readonly PlayHost[], sizes: readonly number[]): readonly (readonly PlayHost[])[] {
  if (sizes.length === 0) return [hosts];
  const cut: PlayHost[][] = [];
  for (let from = 0; from < hosts.length; ) {
    const size = Math.max(1, sizes[Math.min(cut.length, sizes.length - 1)] ?? hosts.length);
    cut.push(hosts.slice(from, from + size));
    from += size;
  }
  return cut;
}
