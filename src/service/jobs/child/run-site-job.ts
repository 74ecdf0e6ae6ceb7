import type { RunEvent } from '../../../engine/events.js';
import type { ChildRequest, JobEnd } from './child-request.js';
import { jobSession, runSession } from './job-session.js';
import { PlanDigest } from './plan-digest.js';
import { hostResults, runResult } from './result-of.js';

type RunWork = Extract<ChildRequest, { work: 'run' }>;
type JobResult = Omit<JobEnd, 'event' | 'time'>;

/**
 * Runs a site, or carries out a plan: only the tasks that a check found something for, and none where the hosts have changed
 * since.
 */
export async function runSiteJob(
  { site, run, secrets, plan }: RunWork,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<JobResult> {
  const work = async (check: boolean, allowed?: PlanDigest) => {
    const digest = new PlanDigest();
    const session = jobSession({ site, run: { ...run, check }, secrets });
    const report = await runSession(
      session,
      (event) => {
        digest.take(event);
        onEvent(event);
      },
      signal,
      allowed && ((about) => allowed.has(about)),
    );
    return { report, plan: digest };
  };
  if (plan !== undefined) {
    const { report, plan: found } = await work(true);
    if (report.interrupted) return { result: 'cancelled', hosts: hostResults(report) };
    if (found.digest() !== plan) {
      const problem = 'the hosts have changed since the plan was made: it is not what would be done now. Make it anew';
      return { result: 'failed', problem, hosts: {}, refused: 'changed' };
    }
    const carriedOut = await work(false, found);
    return { result: runResult(carriedOut.report), hosts: hostResults(carriedOut.report) };
  }
  const { report, plan: found } = await work(run.check);
  return { result: runResult(report), hosts: hostResults(report), ...(run.check ? { plan: found.digest() } : {}) };
}
