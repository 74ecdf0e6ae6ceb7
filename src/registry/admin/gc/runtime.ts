import { z } from 'zod';
import { isTooDeep } from '../../../diagnostics/yaml/yaml-depth.js';
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

/** A distribution registry on its host: the scripts that control it. */
export interface GcRuntime {
  /** For people: `docker-registry.service`, `container registry (podman)`. */
  readonly name: string;
  /** Output of `--version`. */
  readonly version: string;
  /** Folder of the storage, as {@link inside} sees it; undefined where it isn't a file system. */
  readonly root: string | undefined;
  /** Runs `garbage-collect` with these options, on the service's own configuration and environment. */
  collect(options: readonly string[]): Sh;
  /** Runs a script where the storage is seen. */
  inside(script: Sh): Sh;
  /** Makes the registry refuse writes. */
  readOnly(): Sh;
  /** Undoes {@link readOnly}, however far that came; may be run twice. */
  restore(): Sh;
}

/** Seconds that a step of a collection may take. */
const day = 86_400;

/** Runs a script whose output nobody reads. @throws RegistryError with the attempt, the last lines printed and the status */
export async function runStep(host: GcHost, script: Sh, attempt: string): Promise<GcReply> {
  const reply = await host.run(script, { deadline: day });
  const { status, stdout, stderr } = reply;
  if (status === 0) return reply;
  const why = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('; ');
  throw new RegistryError('server', `could not ${attempt}: ${why} (exit status ${status})`);
}

/** Runs a script and returns its output. @throws RegistryError as {@link runStep} and {@link requireWholeOutput} */
export async function readOutput(host: GcHost, script: Sh, attempt: string): Promise<string> {
  return requireWholeOutput(await runStep(host, script, attempt), attempt);
}

/** Asks a registry's host something before a collection begins. @throws RegistryError with the attempt and the status */
export async function queryHost(host: GcHost, script: Sh, attempt: string): Promise<string> {
  const reply = await host.run(script);
  const { status, stdout, stderr } = reply;
  if (status === 0) return requireWholeOutput(reply, attempt);
  throw new RegistryError('server', `could not ${attempt}: ${(stderr || stdout).trim()} (exit status ${status})`, {
    hint: 'check that the user may do that; --become runs it as root',
  });
}

/** Returns the output of a script. @throws RegistryError where a part of it is missing, which may be the part that matters */
export function requireWholeOutput({ stdout, leftOut }: GcReply, attempt: string): string {
  if (leftOut === undefined) return stdout;
  throw new RegistryError('protocol', `could not ${attempt}: it printed ${leftOut} bytes more than are kept`);
}

/**
 * Returns true where `garbage-collect --delete-untagged` keeps the images of an index: from distribution 3.0.0 on. A
 * version that can't be read counts as an older one.
 * @param version output of `--version`
 */
export function keepsChildren(version: string): boolean {
  const [, major, minor, patch, prerelease] =
    /\bv?(\d+)\.(\d+)\.(\d+)(-[\w.]+)?/.exec(version.replace(/distribution\/v\d+/, '')) ?? [];
  if (major === undefined) return false;
  const firsts = minor === '0' && patch === '0' && prerelease !== undefined; // 3.0.0-alpha, -beta, -rc
  return Number(major) > 3 || (major === '3' && !firsts);
}

const configSchema = z.object({
  storage: z.looseObject({
    filesystem: z.looseObject({ rootdirectory: z.string().optional() }).nullish(),
  }),
});

/** Folder in which distribution keeps blobs by default. */
const defaultRoot = '/var/lib/registry';

/** Most characters of a configuration; people write some kilobytes. */
const longestConfig = 256 * 1024;

/** Returns the storage's folder that a configuration names; undefined where the storage isn't a file system. */
export async function storageRoot(
  config: string,
  overridden: string | undefined,
  path: string,
): Promise<string | undefined> {
  const { parse } = await import('yaml');
  let value: unknown;
  if (config.length > longestConfig)
    throw new RegistryError('input', `${path} has more than ${longestConfig} characters`);
  if (isTooDeep(config)) throw new RegistryError('input', `${path} is nested too deep to be read`);
  try {
    value = parse(config, { uniqueKeys: false });
  } catch (error) {
    throw new RegistryError('input', `${path}: ${(error as Error).message}`);
  }
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) throw new RegistryError('input', `${path} names no storage`);
  const { filesystem } = parsed.data.storage;
  if (overridden === undefined && !('filesystem' in parsed.data.storage)) return undefined;
  return (overridden ?? filesystem?.rootdirectory ?? defaultRoot).replace(/(?<!\/)\/+$/, '');
}
