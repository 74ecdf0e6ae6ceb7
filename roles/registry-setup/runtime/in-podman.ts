import { directory, file, packages, service, stage, type TaskItem } from '../../../src/index.js';
import { accountTasks } from '../accounts/accounts.js';
import { tokenTasks } from '../auth/token-tasks.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { storageTasks } from '../storage/storage.js';
import { tlsTasks } from '../tls/tls.js';
import { configuration } from './configuration.js';
import { container_image } from './container-image.js';
import { imageForPodman, podmanUnit, quadlet } from './podman-unit.js';
import { proxyAuthorityTasks } from './proxy-authority.js';
import { running_image } from './running-image.js';

/**
 * Returns the tasks of a registry in a container of podman. Its unit comes from a quadlet where podman knows these,
 * else it is a unit file.
 */
export function registryInPodman(instance: RegistryInstance, context: InstanceContext): readonly TaskItem[] {
  const { when, role } = context;
  const { vars, user, name } = instance;
  const installed = `podman of ${name}`;
  const version = role.facts.podman_version;
  return [
    ...(instance.packages.length > 0 ? [packages({ when, name: [...instance.packages], register: installed })] : []),
    ...(instance.driver === 'filesystem' ? storageTasks(instance, context) : []),
    directory({ when, path: '/etc/docker/registry', mode: '0755' }),
    ...tlsTasks(instance, context),
    ...accountTasks(instance, context),
    ...tokenTasks(instance, context),
    container_image({
      when,
      engine: 'podman',
      name: imageForPodman(vars),
      ...(vars.registry_image_archive === undefined ? {} : { archive: vars.registry_image_archive }),
      force: instance.force,
      ...(user === undefined ? {} : { become: { user } }),
    }),
    ...proxyAuthorityTasks(instance, context),
    configuration(instance, context),
    ...(version === ''
      ? [stage(`the unit of ${name}`, (results) => unitTasks(instance, context, versionIn(results.get(installed))))]
      : unitTasks(instance, context, version)),
  ];
}

function unitTasks(instance: RegistryInstance, context: InstanceContext, version: string): readonly TaskItem[] {
  const { when, installed, restart, role } = context;
  const { unit, user, force } = instance;
  // What systemd makes of a quadlet runs as root, unless it is the user's own manager that does.
  const asQuadlet = knowsQuadlets(version) && user === undefined;
  const folder = asQuadlet ? '/etc/containers/systemd' : '/etc/systemd/system';
  const path = `${folder}/${unit}.${asQuadlet ? 'container' : 'service'}`;
  return [
    ...(asQuadlet ? [directory({ when, path: folder })] : []),
    file({
      when,
      path,
      content: asQuadlet ? quadlet(instance, role.facts) : podmanUnit(instance, role.facts),
      mode: '0644',
      force,
      force_variable: 'registry_force',
      backup: false,
      notify: restart,
    }),
    service({
      when,
      name: unit,
      state: 'started',
      daemon_reload: true,
      // What is generated is enabled by its [Install] section.
      ...(asQuadlet ? {} : { enabled: true }),
      needs: [...installed, `path:${path}`],
    }),
    running_image({
      when,
      container: instance.container,
      image: imageForPodman(instance.vars),
      unit,
      ...(user === undefined ? {} : { user }),
    }),
  ];
}

/** Tells whether a version of podman reads quadlets, which came with 4.4. */
export function knowsQuadlets(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 4 || (major === 4 && minor >= 4);
}

/** The version of the package that was just installed: `4:4.3.1+ds1-8` */
function versionIn(registered: unknown): string {
  const text = JSON.stringify(registered ?? {});
  return /"podman":"(?:\d+:)?(\d+\.\d+)/.exec(text)?.[1] ?? '';
}
