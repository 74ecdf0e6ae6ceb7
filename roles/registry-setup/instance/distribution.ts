import type { InstanceSettings } from '../vars/instance.js';

/** The version of the registry's program that its configuration is written for. */
export interface Distribution {
  readonly major: 2 | 3;
  /** As far as it is known: `2.8`, `3`, `3.1.1`. */
  readonly version: string;
  /** True where `registry_distribution_version` or the image's tag gives it. */
  readonly isExplicit: boolean;
}

/** The version that the variables speak of, else that of the image's tag, else 2.8: what distributions package. */
export function distributionOf(vars: InstanceSettings): Distribution {
  const inContainer = vars.registry_runtime === 'docker' || vars.registry_runtime === 'podman';
  const tag = inContainer ? /:v?(\d+(?:\.\d+){0,2})[^/:]*$/.exec(vars.registry_image)?.[1] : undefined;
  const version = vars.registry_distribution_version ?? tag ?? '2.8';
  return {
    major: version.startsWith('2') ? 2 : 3,
    version,
    isExplicit: (vars.registry_distribution_version ?? tag) !== undefined,
  };
}

/** Before 3.1.1 tags could be deleted although deleting was switched off (CVE-2026-41888). */
export function deleteSwitchFails({ major, version }: Distribution): boolean {
  if (major === 2) return false;
  const [, minor, patch] = version.split('.').map(Number);
  // Of `3` and `3.1` the newest is meant.
  if (minor === undefined) return false;
  return minor === 0 || (minor === 1 && patch === 0);
}
