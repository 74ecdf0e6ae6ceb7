import { type Facts, systemd_timer, type TaskItem, template } from '../../../src/index.js';
import { nfsShare } from '../instance/nfs-share.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { bind, containerMounts } from '../runtime/container-mounts.js';
import { configInContainer, containerEnvironment, publishedPorts } from '../runtime/container-options.js';
import { imageForPodman, isConfined } from '../runtime/podman-unit.js';
import { secondsOf } from '../vars/embedded.js';

type TimerContext = Pick<InstanceContext, 'when' | 'role'>;

/** Returns the timers of a running registry: garbage collection and backup. */
export function timerTasks(instance: RegistryInstance, context: TimerContext): readonly TaskItem[] {
  const { registry_gc_schedule: gc, registry_backup_schedule: backup } = instance.vars;
  return [
    ...(gc === undefined ? [] : gcTasks(instance, context, gc)),
    ...(backup === undefined ? [] : backupTasks(instance, context, backup)),
  ];
}

const gcProgram = '/usr/local/sbin/provision-registry-gc';
const backupProgram = '/usr/local/sbin/provision-registry-backup';

/** Programs of the timers, which all registries of a host share. */
export const timerPrograms: readonly string[] = [gcProgram, backupProgram];

/** Returns the tasks that remove the timers of a registry: those that the host has, whatever schedules the site names. */
export function absentTimers({ name }: RegistryInstance): readonly TaskItem[] {
  return [absentTimer(gcTimer(name)), absentTimer(backupTimer(name))];
}

function gcTasks(instance: RegistryInstance, { when, role }: TimerContext, schedule: string): readonly TaskItem[] {
  const { name, readOnly, force, runtime } = instance;
  // Who writes to the storage of one that doesn't is not known here.
  if (schedule === 'never' || readOnly) return [absentTimer(gcTimer(name), when)];
  const program = gcProgram;
  if (runtime === 'embedded') return [embeddedGc(instance, schedule, when)];
  const { untagged, settings } = gcSettings(instance, role.facts);
  return [
    script(program, when),
    systemd_timer({
      when,
      name: gcTimer(name),
      description: `Garbage collection of ${name}`,
      schedule,
      command: [program, 'collect', ...untagged, ...settings],
      after_command: [program, 'restore', ...settings],
      mounts: mountsOf(instance),
      random_delay: 300,
      // Collected out of turn, at the start of a host, it would be in the way of whoever waits for the registry.
      persistent: false,
      force,
      force_variable: 'registry_force',
      needs: [`path:${program}`],
    }),
  ];
}

/** The server does it, beside its requests: the program on the host asks it to, by a key in the folder of the images. */
function embeddedGc(instance: RegistryInstance, schedule: string, when: TimerContext['when']): TaskItem {
  const { name, storageDirectory, vars, force } = instance;
  const { registry_home: home = `/usr/local/lib/provision/${name}`, registry_gc_grace: grace } = vars;
  return systemd_timer({
    when,
    name: gcTimer(name),
    description: `Garbage collection of ${name}`,
    schedule,
    command: [
      ...['/usr/bin/env', 'node', `${home}/program/registry/server/main.js`, 'gc', '--dir', storageDirectory],
      ...(vars.registry_gc_delete_untagged ? ['--gc-delete-untagged'] : []),
      ...(grace === undefined ? [] : ['--gc-grace', String(secondsOf(grace))]),
      ...retentionOptions(vars.registry_retention),
    ],
    random_delay: 300,
    persistent: false,
    force,
    force_variable: 'registry_force',
  });
}

function retentionOptions(rules: RegistryInstance['vars']['registry_retention']): string[] {
  if (rules === undefined) return [];
  const { newest, younger_than: age, keep, deny, allow_empty: allowEmpty } = rules;
  return [
    ...(newest === undefined ? [] : [`--retain-newest=${newest}`]),
    ...(age === undefined ? [] : [`--retain-younger-than=${secondsOf(age)}`]),
    ...keep.map((glob) => `--retain-keep=${glob}`),
    ...deny.map((glob) => `--retain-deny=${glob}`),
    ...(allowEmpty ? ['--retain-allow-empty'] : []),
  ];
}

function gcSettings(instance: RegistryInstance, facts: Facts) {
  const { name, runtime, unit, container, url, driver, vars, distribution, storageDirectory, user } = instance;
  const inContainer = runtime === 'docker' || runtime === 'podman';
  const config = inContainer ? configInContainer(distribution) : instance.configPath;
  return {
    untagged: vars.registry_gc_delete_untagged ? ['--delete-untagged'] : [],
    settings: [
      ...['--name', inContainer ? container : name, '--unit', unit, '--config', config, '--url', url],
      ...['--program', inContainer ? 'registry' : `/usr/bin/${instance.binary}`],
      ...(driver === 'filesystem' ? ['--storage', storageDirectory] : []),
      ...(user === undefined || inContainer ? [] : ['--user', user]),
      ...(inContainer ? ['--engine', runtime, '--', ...runArguments(instance, facts)] : []),
    ],
  };
}

/** Returns the options of another container of the registry. */
function runArguments(instance: RegistryInstance, facts: Facts): readonly string[] {
  const { distribution, configPath, vars, runtime } = instance;
  const podman = runtime === 'podman';
  const config = `${bind(configPath, configInContainer(distribution))},readonly`;
  return [
    ...publishedPorts(instance).flatMap((port) => ['-p', port]),
    ...containerEnvironment(instance).flatMap((setting) => ['-e', setting]),
    ...[...containerMounts(instance), config].flatMap((mount) => ['--mount', mount]),
    ...(podman && isConfined(facts) ? ['--security-opt', 'label=disable'] : []),
    podman ? imageForPodman(vars) : vars.registry_image,
  ];
}

function backupTasks(instance: RegistryInstance, { when }: TimerContext, schedule: string): readonly TaskItem[] {
  const { name, storageDirectory, force, vars } = instance;
  const directory = vars.registry_backup_directory;
  if (schedule === 'never' || directory === undefined) return [absentTimer(backupTimer(name), when)];
  const program = backupProgram;
  return [
    script(program, when),
    systemd_timer({
      when,
      name: backupTimer(name),
      description: `Backup of ${name}`,
      schedule,
      command: [program, name, storageDirectory, directory, String(vars.registry_backup_keep)],
      mounts: [...mountsOf(instance), directory],
      random_delay: 300,
      force,
      force_variable: 'registry_force',
      needs: [`path:${program}`],
    }),
  ];
}

function script(path: string, when: InstanceContext['when']): TaskItem {
  return template({ when, src: `${path.slice(1)}.hbs`, dest: path, mode: '0755', force: true, backup: false });
}

function absentTimer(name: string, when?: InstanceContext['when']): TaskItem {
  return systemd_timer({ name, state: 'absent', ...(when === undefined ? {} : { when }) });
}

function mountsOf(instance: RegistryInstance): string[] {
  return nfsShare(instance) === undefined ? [] : [instance.storageDirectory];
}

function gcTimer(name: string): string {
  return `provision-registry-gc-${name}`;
}

function backupTimer(name: string): string {
  return `provision-registry-backup-${name}`;
}
