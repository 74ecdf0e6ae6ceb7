import { z } from 'zod';

/** Limits of what is asked of one registry. */
export interface RegistryLimits {
  /** Requests begun a second at most. */
  readonly rate?: number | undefined;
  /** Requests at the same time at most; default 48. */
  readonly connections?: number | undefined;
  /** Bytes a second at most, of what is sent and of what is received, all transfers together. */
  readonly bandwidth?: number | undefined;
  /** Requests of its quota that are left to others. Default 0. */
  readonly reserve?: number | undefined;
}

/** Limits of a registry as they are written in a list, a site, or variables of a role. */
export const registryLimits = z.strictObject({
  rate: z.number().positive().optional().describe('Requests a second at most'),
  connections: z.int().min(1).optional().describe('Requests at the same time at most; default 48'),
  bandwidth: z.number().min(0.0625).optional().describe('MiB a second at most, each way'),
  reserve: z.int().min(0).optional().describe('Requests of its quota that are left to others; default 0'),
});

/** Limits of registries by `host:port`, as they are written; `*`: of all. */
export type WrittenLimits = Readonly<Record<string, z.output<typeof registryLimits>>>;

/** Returns the limits of a registry: its own come before those of all. */
export function limitsAt(written: WrittenLimits, host: string): RegistryLimits {
  const { bandwidth, ...others } = { ...written['*'], ...written[host] };
  return { ...others, bandwidth: bandwidth === undefined ? undefined : bandwidth * 2 ** 20 };
}
