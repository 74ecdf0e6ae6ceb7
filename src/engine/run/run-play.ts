import type { Play, PlayHost } from '../../model/play.js';
import { RunOnce } from '../walk/run-once.js';
import type { HostRun } from './host-run.js';
import { inParallel } from './in-parallel.js';
import { type RunParts, workOnHost } from './work-on-host.js';

/** What a play needs of its run. */
export interface PlayParts extends RunParts {
  hostOf(name: string): HostRun;
  /** Whether a host takes part in a play after this one. */
  isNeededAfter(play: Play, host: string): boolean;
  /** Ends the run for all hosts: no new tasks. */
  stop(reason: string): void;
}

/** Runs a play over those of its hosts that are still in the run, one batch after the other. */
export async function runPlay(play: Play, run: PlayParts): Promise<void> {
  const hosts = play.hosts.filter(({ name }) => !run.hostOf(name).isOut);
  if (hosts.length === 0) return;
  run.tell({ event: 'play-start', play: play.name, hosts: hosts.map(({ name }) => name) });
  for (const batch of batches(hosts, play.serial)) {
    if (run.stopped()) return;
    await runBatch(batch, play, run);
    if (play.serial.length > 0 && batch.every(({ name }) => run.hostOf(name).isOut)) {
      run.stop(`all hosts of a batch have failed in ${play.name}: the hosts after them are left alone`);
    }
  }
}

async function runBatch(batch: readonly PlayHost[], play: Play, run: PlayParts): Promise<void> {
  const once = new RunOnce(batch.map(({ name }) => name));
  await inParallel(batch, run.options.forks, async (member) => {
    if (run.stopped()) return once.leave(member.name);
    const host = run.hostOf(member.name);
    await workOnHost(host, play, member, once, run);
    if (host.isOut) {
      const out = batch.filter(({ name }) => run.hostOf(name).isOut).length;
      const reason = tooManyOut(out, batch.length, play);
      if (reason !== undefined) run.stop(reason);
    } else if (!run.isNeededAfter(play, host.name) && !play.delegates?.has(host.name)) {
      await host.close();
    }
  });
}

/** Failed and unreachable hosts count alike. */
function tooManyOut(out: number, of: number, play: Play): string | undefined {
  const told = `${out} of ${of} ${of === 1 ? 'host' : 'hosts'} failed in ${play.name}`;
  if (play.anyErrorsFatal) return `${told}: the run ends here (any_errors_fatal)`;
  if (play.maxFailPercentage === undefined || (out / of) * 100 <= play.maxFailPercentage) return undefined;
  return `${told}: the run ends here (max_fail_percentage ${play.maxFailPercentage})`;
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
