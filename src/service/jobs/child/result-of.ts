import type { RunReport } from '../../../engine/events.js';
import type { JobEnd } from './child-request.js';

/** Result of a host, from its counts. */
export type HostResult = 'ok' | 'changed' | 'differs' | 'failed' | 'unreachable';

/** Returns the result of each host of a run. */
export function hostResults({ hosts, check }: Pick<RunReport, 'hosts' | 'check'>): Record<string, HostResult> {
  return Object.fromEntries(
    Object.entries(hosts).map(([host, { changed, unknown, failed, unreachable }]) => {
      if (unreachable > 0) return [host, 'unreachable'];
      if (failed > 0) return [host, 'failed'];
      if (check) return [host, changed + unknown > 0 ? 'differs' : 'ok'];
      return [host, changed > 0 ? 'changed' : 'ok'];
    }),
  );
}

/** Returns the result of a run as a whole. */
export function runResult(report: RunReport): JobEnd['result'] {
  const results = new Set<HostResult>(Object.values(hostResults(report)));
  if (report.interrupted) return 'cancelled';
  const bad = [...results].filter((result) => result === 'failed' || result === 'unreachable');
  if (bad.length > 0) {
    if (bad.length < results.size) return 'partly';
    return bad.length === 1 && bad[0] === 'unreachable' ? 'unreachable' : 'failed';
  }
  // Too many had failed, or what isn't a host's went wrong.
  if (report.exitStatus !== 0 && report.exitStatus !== 3) return 'failed';
  if (results.has('differs')) return 'differs';
  return results.has('changed') ? 'changed' : 'ok';
}
