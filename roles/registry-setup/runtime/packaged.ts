import { file, packages, service, type Task, type TaskItem } from '../../../src/index.js';
import { accountTasks } from '../accounts/accounts.js';
import { tokenTasks } from '../auth/token-tasks.js';
import { distribution_version } from '../instance/distribution-version.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { storageTasks, storageUnitLines } from '../storage/storage.js';
import { tlsTasks } from '../tls/tls.js';
import { configuration } from './configuration.js';
import { installedAs, packageUnitStopped } from './package-unit.js';
import { authorityVariables, proxyAuthorityTasks } from './proxy-authority.js';

/** A registry of the distribution's package: in the package's own unit, or of several each in one of ours. */
export function packagedRegistry(instance: RegistryInstance, context: InstanceContext): readonly TaskItem[] {
  const { when, installed, restart } = context;
  const { isExplicit, version, major } = instance.distribution;
  const forced = { force: instance.force, force_variable: 'registry_force' };
  const path = `/etc/systemd/system/${instance.unit}.service`;
  return [
    ...(instance.packages.length > 0
      ? [packages({ when, name: [...instance.packages], register: installedAs(instance) })]
      : []),
    ...(instance.only ? [] : [packageUnitStopped(instance, context)]),
    distribution_version({
      when,
      title: instance.only ? 'the version of the registry' : `the version of the registry: ${instance.name}`,
      binary: instance.binary,
      wanted: isExplicit ? version : String(major),
      needs: [...installed],
    }),
    ...(instance.driver === 'filesystem' ? storageTasks(instance, context) : []),
    ...tlsTasks(instance, context),
    ...accountTasks(instance, context),
    ...tokenTasks(instance, context),
    ...proxyAuthorityTasks(instance, context),
    configuration(instance, context),
    ...(instance.only
      ? []
      : [file({ when, path, content: unitFile(instance), mode: '0644', ...forced, backup: false, notify: restart })]),
    service({
      when,
      name: instance.unit,
      state: 'started',
      enabled: true,
      ...(instance.only ? {} : { daemon_reload: true, needs: [...installed, `path:${path}` as const] }),
    }),
  ];
}

/** Returns the handler that restarts it. */
export function restartUnit({ unit, only, name }: RegistryInstance, when: InstanceContext['when']): Task {
  return service({
    when,
    title: only ? 'restart registry' : `restart ${name}`,
    name: unit,
    state: 'restarted',
    daemon_reload: true,
  });
}

function unitFile(instance: RegistryInstance): string {
  const { name, user, binary, configPath, distribution, driver } = instance;
  return `# Managed by provision.
[Unit]
Description=Registry ${name}
After=network-online.target
Wants=network-online.target
${(driver === 'filesystem' ? storageUnitLines(instance) : []).map((line) => `${line}\n`).join('')}
[Service]
${user === undefined ? '' : `User=${user}\n`}${distribution.major === 3 ? 'Environment=OTEL_TRACES_EXPORTER=none\n' : ''}${authorityVariables(
  instance,
)
  .map((variable) => `Environment=${variable}\n`)
  .join('')}ExecStart=/usr/bin/${binary} serve ${configPath}
Restart=on-failure
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
}
