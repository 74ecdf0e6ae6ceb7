import type { Reply } from '../../../model/resource.js';
import type { Sh } from '../../../sh.js';
import { RegistryError } from '../../registry-error.js';

/** Output of a script, and how it ended. */
export interface GcReply extends Reply {
  /** Bytes left out of the middle of what it printed; absent where all is there. */
  readonly leftOut?: number;
}

/** The host that a registry runs on. `deadline` is in seconds. */
export interface GcHost {
  run(script: Sh, options?: { readonly deadline?: number }): Promise<GcReply>;
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

/** Seconds a step of a collection may take. */
const day = 86_400;

/** Runs a script whose output nobody reads. @throws RegistryError saying what was attempted and how it ended */
export async function carryOut(host: GcHost, script: Sh, attempt: string): Promise<GcReply> {
  const reply = await host.run(script, { deadline: day });
  const { status, stdout, stderr } = reply;
  if (status === 0) return reply;
  const why = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('; ');
  throw new RegistryError('server', `could not ${attempt}: ${why} (exit status ${status})`);
}

/** Returns what a script printed. @throws RegistryError saying what was attempted and how it ended */
export async function printedBy(host: GcHost, script: Sh, attempt: string): Promise<string> {
  return wholeOutput(await carryOut(host, script, attempt), attempt);
}

/** Returns what a script printed. @throws RegistryError where that isn't all: what it left out may be what counts */
export function wholeOutput({ stdout, leftOut }: GcReply, attempt: string): string {
  if (leftOut === undefined) return stdout;
  throw new RegistryError('protocol', `could not ${attempt}: it printed ${leftOut} bytes more than are kept`);
}
