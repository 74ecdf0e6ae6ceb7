import { directory, registries_conf, type TaskItem, type TaskOptions } from '../../../src/index.js';
import type { RegistrySettings } from './registry-settings.js';

/** Options of podman's configuration of registries. */
export interface RegistriesPlace extends Pick<TaskOptions, 'become' | 'notify'> {
  /** `/etc/containers`, or `~/.config/containers` of a user. */
  readonly folder: string;
  readonly force: boolean;
  readonly force_variable: string;
}

/**
 * Returns the tasks that configure registries for podman, buildah, skopeo and cri-o, in a file beside the main one. No
 * daemon needs a restart.
 */
export function registryTasks(
  { registries, search, short_name_mode }: RegistrySettings,
  { folder, ...how }: RegistriesPlace,
): TaskItem[] {
  if (registries.length === 0 && search === undefined && short_name_mode === undefined) return [];
  return [
    directory({ path: `${folder}/registries.conf.d`, ...(how.become === undefined ? {} : { become: how.become }) }),
    registries_conf({
      path: `${folder}/registries.conf.d/90-provision.conf`,
      main: `${folder}/registries.conf`,
      registries,
      ...(search === undefined ? {} : { search }),
      ...(short_name_mode === undefined ? {} : { short_name_mode }),
      mode: '0644',
      ...how,
    }),
  ];
}
