/** A file of tests, for who plans when it starts. */
export interface Job {
  readonly seconds: number;
  /** Names that only one job has at a time. */
  readonly held: readonly string[];
  /** Hosts of the pool that it takes, whichever are free. */
  readonly pooled: number;
}

/** Hosts in the pool. */
const poolSize = 4;

/**
 * Returns jobs in the order in which so many workers should start them. It plays the run through: whoever is free starts
 * the job with the longest chain among those that would not wait, a chain being the job and all that is left for the
 * most wanted of what it holds.
 */
export function startOrder<J extends Job>(jobs: readonly J[], workers: number): J[] {
  const left = new Set(jobs);
  const running: { readonly job: J; readonly end: number }[] = [];
  const order: J[] = [];
  let now = 0;
  while (left.size > 0) {
    const next = running.length < workers ? longestChain([...left].filter((job) => fits(job, running))) : undefined;
    if (next !== undefined) {
      left.delete(next);
      order.push(next);
      running.push({ job: next, end: now + next.seconds });
      continue;
    }
    now = Math.min(...running.map(({ end }) => end));
    running.splice(0, running.length, ...running.filter(({ end }) => end > now));
  }
  return order;

  function longestChain(candidates: readonly J[]): J | undefined {
    return candidates.toSorted((a, b) => chain(b) - chain(a) || b.seconds - a.seconds)[0];
  }

  function chain(job: J): number {
    const rivals = job.held.map((name) => sum([...left].filter(({ held }) => held.includes(name))));
    const pool = [...left].reduce((total, { seconds, pooled }) => total + seconds * pooled, 0) / poolSize;
    return Math.max(job.seconds, ...rivals, job.pooled > 0 ? pool : 0);
  }
}

function fits(job: Job, running: readonly { readonly job: Job }[]): boolean {
  const taken = running.flatMap((each) => each.job.held);
  const pooled = running.reduce((total, each) => total + each.job.pooled, 0);
  return pooled + job.pooled <= poolSize && job.held.every((name) => !taken.includes(name));
}

function sum(jobs: readonly Job[]): number {
  return jobs.reduce((total, { seconds }) => total + seconds, 0);
}
