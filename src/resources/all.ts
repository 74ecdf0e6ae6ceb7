import type { ResourceKind } from '../model/task.js';
import * as kinds from './kinds.js';

/** Kinds of resource that a site may name, by alphabet. */
export const resourceKinds: readonly ResourceKind[] = Object.values(kinds).sort((one, other) =>
  one.kind < other.kind ? -1 : 1,
);
