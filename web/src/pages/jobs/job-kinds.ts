/** Kinds of jobs. */
export const jobKinds = ['provision', 'check', 'sync', 'retain', 'gc', 'reconcile', 'backup'] as const;
export type JobKind = (typeof jobKinds)[number];

/** Kinds about what a vendor publishes. */
export const publicationKinds = ['publish', 'upload', 'withdraw'] as const;

/** Kinds that run the site on hosts. */
export const runKinds: readonly string[] = ['provision', 'check', 'sync'];
/** Kinds that are about a registry. */
export const registryKindsOfJobs: readonly string[] = ['retain', 'gc', 'reconcile'];
/** Kinds that can be tried first. */
export const triedKinds: readonly JobKind[] = ['provision', 'retain', 'gc'];

/** States of a list of jobs; `open` are all but `done`. */
export const jobStates = ['open', 'queued', 'waiting', 'running', 'stopping', 'done'] as const;
