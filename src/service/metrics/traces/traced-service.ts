import type { StoredJob } from '../../jobs/job.js';
import type { JobOutcome } from '../../jobs/job-store.js';
import { traceCalls } from './trace-calls.js';
import type { Traces } from './traces.js';
import { type TracesOptions, tracesOptions } from './traces-options.js';

/** Traces of a running service; undefined: nobody has asked for them, and nothing of them is loaded. */
export async function openServiceTraces(
  endpoint: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly traces: Traces; close(): Promise<void> } | undefined> {
  const options = tracesOptions(endpoint, env);
  if (options === undefined) return undefined;
  const { openTraces } = await import('./open-traces.js');
  const traces = await openTraces(options);
  const end = traceCalls(traces, isNoReceiver(options));
  return {
    traces,
    close: async () => {
      end();
      await traces.close();
    },
  };
}

/** Traces a job that has ended. */
export function traceJob(traces: Traces, job: StoredJob, { result, problem = '' }: JobOutcome): void {
  const since = job.started_at ?? job.created_at;
  const attributes = { 'provision.job.id': job.id, 'provision.job.kind': job.kind, 'provision.job.result': result };
  const span = traces.begin({ name: `job ${job.kind}`, kind: 'internal', attributes, since });
  const isBad = !['ok', 'changed', 'differs', 'cancelled'].includes(result);
  const waited = { 'provision.job.waited_ms': Math.max(0, since - job.created_at) };
  traces.end(span, waited, isBad ? problem || result : undefined);
}

function isNoReceiver({ endpoint }: TracesOptions): (host: string, path: string) => boolean {
  if (endpoint === undefined) return () => true;
  const { host: receiver, pathname } = new URL(endpoint);
  return (host, path) => host !== receiver || path !== pathname;
}
