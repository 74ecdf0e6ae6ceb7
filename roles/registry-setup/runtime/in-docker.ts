import { command, directory, type Task, type TaskItem } from '../../../src/index.js';
import { accountTasks } from '../accounts/accounts.js';
import { tokenTasks } from '../auth/token-tasks.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { storageTasks } from '../storage/storage.js';
import { tlsTasks } from '../tls/tls.js';
import { configuration } from './configuration.js';
import { container_image } from './container-image.js';
import { bind, containerMounts } from './container-mounts.js';
import { configInContainer, containerEnvironment, publishedPorts } from './container-options.js';
import { isConfined } from './podman-unit.js';
import { proxyAuthorityTasks } from './proxy-authority.js';
import { registry_container } from './registry-container.js';

/** Returns the tasks of a registry in a container of the host's docker. */
export function registryInDocker(instance: RegistryInstance, context: InstanceContext): readonly TaskItem[] {
  const { when } = context;
  const { configPath, vars, distribution } = instance;
  return [
    ...(instance.driver === 'filesystem' ? storageTasks(instance, context) : []),
    directory({ when, path: '/etc/docker/registry', mode: '0755' }),
    ...tlsTasks(instance, context),
    ...accountTasks(instance, context),
    ...tokenTasks(instance, context),
    container_image({
      when,
      name: vars.registry_image,
      ...(vars.registry_image_archive === undefined ? {} : { archive: vars.registry_image_archive }),
      force: instance.force,
    }),
    ...proxyAuthorityTasks(instance, context),
    configuration(instance, context),
    registry_container({
      when,
      name: instance.container,
      image: vars.registry_image,
      publish: publishedPorts(instance),
      environment: containerEnvironment(instance),
      confined: isConfined(context.role.facts),
      mounts: [...containerMounts(instance), `${bind(configPath, configInContainer(distribution))},readonly`],
      force: instance.force,
    }),
  ];
}

/** Returns the handler that restarts it. */
export function restartContainer(
  { container, only, configPath, tls, htpasswd, proxyCa, serviceCa, token }: RegistryInstance,
  when: InstanceContext['when'],
): Task {
  const files = [configPath, tls?.certificate, tls?.key, htpasswd, proxyCa, serviceCa, token?.rootcertbundle];
  const read = files.filter((path) => path !== undefined);
  return command({
    when,
    title: only ? 'restart registry' : `restart ${container}`,
    cmd: `docker restart ${container}`,
    needs: read.map((path) => `path:${path}` as const),
    provides: [`service:${container}`],
    // A container that was started behind the change has read it.
    only_if: `[ "$(date -d "$(docker inspect -f '{{.State.StartedAt}}' ${container})" +%s)" -le "$(stat -c %Y ${read.join(' ')} | sort -n | tail -n 1)" ]`,
  });
}
