import type { Repository } from './repository.js';

/** One thing that the specification asks of a registry. It throws an AssertionError where the registry does otherwise. */
export interface Case {
  readonly name: string;
  readonly run: (repository: Repository) => Promise<void>;
}
