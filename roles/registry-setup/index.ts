import {
  debug,
  defineRole,
  flushHandlers,
  type Results,
  type RoleContext,
  stage,
  type TaskItem,
} from '../../src/index.js';
import { absentRegistry } from './absent.js';
import { askSettings, serviceOf, trusting } from './auth/trusted-service.js';
import { deleteSwitchFails } from './instance/distribution.js';
import { instancesOf } from './instance/instance.js';
import { nfsShare } from './instance/nfs-share.js';
import { platformOf } from './instance/platform.js';
import type { InstanceContext, RegistryInstance } from './instance/registry-instance.js';
import { proxied_registry } from './looks/proxied-registry.js';
import { registry_answers } from './looks/registry-answers.js';
import { registry_state } from './registry-state.js';
import { embeddedRegistry } from './runtime/embedded.js';
import { registryInDocker, restartContainer } from './runtime/in-docker.js';
import { registryInPodman } from './runtime/in-podman.js';
import { packagedRegistry, restartUnit } from './runtime/packaged.js';
import { timerTasks } from './timers/timers.js';
import { served_certificate } from './tls/served-certificate.js';
import type { RegistryVars } from './vars/role-vars.js';
import { vars } from './vars.js';

type Role = RoleContext<RegistryVars>;

export default defineRole({
  name: 'registry-setup',
  summary: 'Set up private registries',
  vars,
  tasks: (role) => {
    const instances = instancesOf(role.vars, role.facts);
    const asked = instances.flatMap((instance) => {
      const service = serviceOf(instance);
      return service === undefined ? [] : [askSettings(instance, service, role.inventoryHostname)];
    });
    if (asked.length === 0) return registries(instances, role);
    const told = (results: Results) =>
      instances.map((instance) => {
        const service = serviceOf(instance);
        return service === undefined ? instance : trusting(instance, service, { results, facts: role.facts });
      });
    return [...asked, stage('registries that trust the service', (results) => registries(told(results), role))];
  },
});

function registries(instances: readonly RegistryInstance[], role: Role): readonly TaskItem[] {
  const gone = instances.filter(({ state, runtime }) => state === 'absent' && runtime !== 'embedded');
  const embedded = instances.filter(({ runtime }) => runtime === 'embedded');
  const installed = instances.filter((each) => !gone.includes(each) && !embedded.includes(each));
  return [
    ...gone.flatMap((instance) => absentRegistry(instance, role)),
    ...embedded.flatMap((instance) => embeddedRegistry(instance, role)),
    ...installedRegistries(installed, instances, role),
  ];
}

/** Returns the tasks of registries from a package or an image: all are configured, then restarted, then checked. */
function installedRegistries(
  instances: readonly RegistryInstance[],
  all: readonly RegistryInstance[],
  role: Role,
): readonly TaskItem[] {
  const made = instances.map((instance) => ({ instance, context: contextOf(instance, role) }));
  if (made.length === 0) return [];
  return [
    ...made.map(({ instance }) => lookForOthers(instance, all, role)),
    ...made.flatMap(({ instance }) => knownTrouble(instance)),
    ...made.flatMap(({ instance, context }) => proxiedRegistry(instance, context)),
    ...made.flatMap(({ instance, context }) => registryByRuntime(instance, context)),
    flushHandlers,
    ...made.map(({ instance, context }) => waitForRegistry(instance, context)),
    ...made.flatMap(({ instance, context }) => servedCertificate(instance, context)),
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

function contextOf(instance: RegistryInstance, role: Role): InstanceContext {
  const when = (results: Results) => !isForeign(results.get(foundAt(instance)));
  return {
    role,
    when,
    installed: instance.packages.map((each) => `package:${each}` as const),
    restart: instance.runtime === 'docker' ? restartContainer(instance, when) : restartUnit(instance, when),
  };
}

function lookForOthers(instance: RegistryInstance, all: readonly RegistryInstance[], role: Role): TaskItem {
  const { name, only, runtime, container, unit, url, port, configPath, driver, storageDirectory, user, vars } =
    instance;
  const { service, configDirectory } = platformOf(vars, role.facts);
  const named = (state: RegistryInstance['state']) =>
    all.filter((each) => each.state === state).map(({ name }) => name);
  return registry_state({
    title: only ? 'is a registry there already' : `is a registry there already: ${name}`,
    name,
    url,
    port,
    runtime: runtime === 'docker' || runtime === 'podman' ? runtime : 'package',
    unit,
    container,
    config_path: configPath,
    storage: driver === 'filesystem' ? storageDirectory : '',
    share: nfsShare(instance)?.source ?? '',
    ...(runtime === 'podman' ? { user: user ?? '' } : {}),
    ...(runtime === 'package' && !only ? { packaged: { unit: service, config: `${configDirectory}/config.yml` } } : {}),
    siblings: named('present'),
    leaving: named('absent'),
    force: instance.force || role.host.force,
    ...(vars.registry_read_only === undefined ? { config: configPath } : {}),
    register: foundAt(instance),
  });
}

/** Returns a note on a known fault of its version, printed in every run. */
function knownTrouble({ name, distribution, deleteEnabled, readOnly }: RegistryInstance): readonly TaskItem[] {
  if (deleteEnabled || readOnly || !deleteSwitchFails(distribution)) return [];
  const msg = `distribution ${distribution.version} lets tags be deleted although registry_delete_enabled is false (CVE-2026-41888): 3.1.1 does not`;
  return [debug({ title: `known of distribution ${distribution.version}: ${name}`, msg })];
}

function proxiedRegistry(
  { name, only, distribution, vars }: RegistryInstance,
  { when }: InstanceContext,
): readonly TaskItem[] {
  if (vars.registry_proxy === undefined || distribution.major !== 2) return [];
  const title = only ? 'the registry that is fetched from' : `the registry that ${name} fetches from`;
  return [proxied_registry({ when, title, url: vars.registry_proxy.remoteurl })];
}

function waitForRegistry(instance: RegistryInstance, { when }: InstanceContext): TaskItem {
  const { only, name, url, port, runtime, container, unit, configPath } = instance;
  const { protocol, hostname } = new URL(url);
  return registry_answers({
    when,
    title: only ? 'the registry answers' : `${name} answers`,
    host: hostname,
    scheme: protocol === 'https:' ? 'https' : 'http',
    port,
    runtime: runtime === 'docker' || runtime === 'podman' ? runtime : 'package',
    unit,
    container,
    config_path: configPath,
    needs: [`service:${runtime === 'docker' ? container : unit}`],
  });
}

/** Returns the look at what is served, for files that others renew; what this role writes comes with a restart. */
function servedCertificate(instance: RegistryInstance, { when }: InstanceContext): readonly TaskItem[] {
  const { tls, vars, url, port, configPath, unit, runtime, container, name, only } = instance;
  if (tls === undefined || typeof vars.registry_tls !== 'object' || !('certificate' in vars.registry_tls)) return [];
  return [
    served_certificate({
      when,
      title: only ? 'the certificate that is served' : `the certificate that ${name} serves`,
      host: new URL(url).hostname,
      port,
      certificate: tls.certificate,
      config: configPath,
      unit,
      ...(runtime === 'docker' ? { container } : {}),
    }),
  ];
}

function foundAt({ url }: RegistryInstance): string {
  return `registry at ${url}`;
}

function isForeign(registered: unknown): boolean {
  return (
    typeof registered === 'object' && registered !== null && 'foreign' in registered && registered.foreign === true
  );
}
