import {
  debug,
  defineRole,
  flushHandlers,
  type Results,
  type RoleContext,
  type TaskItem,
  wait,
} from '../../src/index.js';
import { absentRegistry } from './absent.js';
import { deleteSwitchFails } from './instance/distribution.js';
import { instancesOf } from './instance/instance.js';
import type { InstanceContext, RegistryInstance } from './instance/registry-instance.js';
import { registry_state } from './registry-state.js';
import { embeddedRegistry } from './runtime/embedded.js';
import { registryInDocker, restartContainer } from './runtime/in-docker.js';
import { registryInPodman } from './runtime/in-podman.js';
import { packagedRegistry, restartUnit } from './runtime/packaged.js';
import { timerTasks } from './timers/timers.js';
import type { RegistryVars } from './vars/role-vars.js';
import { vars } from './vars.js';

export default defineRole({
  name: 'registry-setup',
  summary: 'Set up private registries',
  vars,
  tasks: (role) => {
    const instances = instancesOf(role.vars, role.facts);
    const gone = instances.filter(({ state, runtime }) => state === 'absent' && runtime !== 'embedded');
    const embedded = instances.filter(({ runtime }) => runtime === 'embedded');
    const installed = instances.filter((each) => !gone.includes(each) && !embedded.includes(each));
    return [
      ...gone.flatMap((instance) => absentRegistry(instance)),
      ...embedded.flatMap((instance) => embeddedRegistry(instance, role)),
      ...installedRegistries(installed, role),
    ];
  },
});

/** Returns the tasks of registries from a package or an image: all are configured, then restarted, then checked. */
function installedRegistries(
  instances: readonly RegistryInstance[],
  role: RoleContext<RegistryVars>,
): readonly TaskItem[] {
  const made = instances.map((instance) => ({ instance, context: contextOf(instance, role) }));
  if (made.length === 0) return [];
  return [
    ...made.map(({ instance }) => lookForOthers(instance, role)),
    ...made.flatMap(({ instance }) => knownTrouble(instance)),
    ...made.flatMap(({ instance, context }) => registryByRuntime(instance, context)),
    flushHandlers,
    ...made.map(({ instance }) => waitForRegistry(instance)),
    ...made.flatMap(({ instance, context }) => timerTasks(instance, context)),
  ];
}

function registryByRuntime(instance: RegistryInstance, context: InstanceContext): readonly TaskItem[] {
  switch (instance.runtime) {
    case 'docker':
      return registryInDocker(instance, context);
    case 'podman':
      return registryInPodman(instance, context);
    case 'package':
    case 'embedded':
      return packagedRegistry(instance, context);
  }
}

function contextOf(instance: RegistryInstance, role: RoleContext<RegistryVars>): InstanceContext {
  const when = (results: Results) => !isForeign(results.get(foundAt(instance)));
  return {
    role,
    when,
    installed: instance.packages.map((each) => `package:${each}` as const),
    restart: instance.runtime === 'docker' ? restartContainer(instance, when) : restartUnit(instance, when),
  };
}

function lookForOthers(instance: RegistryInstance, { host }: RoleContext<RegistryVars>): TaskItem {
  const { runtime, container, unit, url } = instance;
  return registry_state({
    title: instance.only ? 'is a registry there already' : `is a registry there already: ${instance.name}`,
    url,
    ...(runtime === 'docker' ? { container } : { service: unit }),
    force: instance.force || host.force,
    ...(instance.vars.registry_read_only === undefined ? { config: instance.configPath } : {}),
    register: foundAt(instance),
  });
}

/** Returns a note on a known fault of its version, printed in every run. */
function knownTrouble({ name, distribution, deleteEnabled, readOnly }: RegistryInstance): readonly TaskItem[] {
  if (deleteEnabled || readOnly || !deleteSwitchFails(distribution)) return [];
  const msg = `distribution ${distribution.version} lets tags be deleted although registry_delete_enabled is false (CVE-2026-41888): 3.1.1 does not`;
  return [debug({ title: `known of distribution ${distribution.version}: ${name}`, msg })];
}

function waitForRegistry({ only, name, url, runtime, container, unit }: RegistryInstance): TaskItem {
  return wait({
    title: only ? 'the registry answers' : `${name} answers`,
    http: { url: `${url}/v2/`, status: [200, 401], insecure: true },
    timeout: 30,
    needs: [`service:${runtime === 'docker' ? container : unit}`],
  });
}

function foundAt({ url }: RegistryInstance): string {
  return `registry at ${url}`;
}

function isForeign(registered: unknown): boolean {
  return (
    typeof registered === 'object' && registered !== null && 'foreign' in registered && registered.foreign === true
  );
}
