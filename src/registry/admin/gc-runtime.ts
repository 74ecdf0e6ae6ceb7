import type { Reply } from '../../model/resource.js';
import type { Sh } from '../../sh.js';

/** The host that a registry runs on. `deadline` is in seconds. */
export interface GcHost {
  run(script: Sh, options?: { readonly deadline?: number }): Promise<Reply>;
}

/** How a distribution registry runs on its host: as scripts. */
export interface GcRuntime {
  /** For people: `docker-registry.service`, `container registry (podman)`. */
  readonly name: string;
  /** What `--version` printed. */
  readonly version: string;
  /** Where storage begins, as {@link inside} sees it; nothing where it isn't a file system. */
  readonly root: string | undefined;
  /** Runs `garbage-collect` with these options, on the service's own configuration and environment. */
  collect(options: readonly string[]): Sh;
  /** Runs a script where the storage is seen. */
  inside(script: Sh): Sh;
  /** Begins a time in which the registry takes no writes. */
  readOnly(): Sh;
  /** Ends it, whatever of it had come about; may be run twice. */
  restore(): Sh;
}
