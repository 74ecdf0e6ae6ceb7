import { cron, type Facts, fail, sh, systemd_timer, type TaskItem, template } from '../../../src/index.js';
import { nfsShare } from '../instance/nfs-share.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { bind, containerMounts } from '../runtime/container-mounts.js';
import { configInContainer, containerEnvironment, publishedPorts } from '../runtime/container-options.js';
import { imageForPodman, isConfined } from '../runtime/podman-unit.js';
import { secondsOf } from '../vars/embedded.js';
import { cronTime } from './cron-time.js';

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

/** Returns the task that removes the collection of an embedded registry where cron does it. */
export function absentCron({ name }: RegistryInstance, facts: Facts): TaskItem {
  return cron({ name: gcTimer(name), state: 'absent', ...cronOwner(facts) });
}

/** Returns true where timers of systemd can be made: by root, on a host that has it. */
export function hasTimers({ uid, service_manager: manager }: Facts): boolean {
  return uid === 0 && manager === 'systemd';
}

function gcTasks(instance: RegistryInstance, { when, role }: TimerContext, schedule: string): readonly TaskItem[] {
  const { name, readOnly, force, runtime } = instance;
  if (runtime === 'embedded' && !hasTimers(role.facts)) return [cronGc(instance, schedule, role.facts, when)];
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
  const { name, force } = instance;
  return systemd_timer({
    when,
    name: gcTimer(name),
    description: `Garbage collection of ${name}`,
    schedule,
    command: ['/usr/bin/env', ...embeddedGcCommand(instance)],
    random_delay: 300,
    persistent: false,
    force,
    force_variable: 'registry_force',
  });
}

function embeddedGcCommand({ name, storageDirectory, vars }: RegistryInstance): string[] {
  const { registry_home: home = `/usr/local/lib/provision/${name}`, registry_gc_grace: grace } = vars;
  return [
    ...['node', `${home}/program/registry/server/main.js`, 'gc', '--dir', storageDirectory],
    ...(vars.registry_gc_delete_untagged ? ['--gc-delete-untagged'] : []),
    ...(grace === undefined ? [] : ['--gc-grace', String(secondsOf(grace))]),
    ...retentionOptions(vars.registry_retention),
  ];
}

/** The same by cron: on hosts without systemd, and for users other than root. */
function cronGc(instance: RegistryInstance, schedule: string, facts: Facts, when: TimerContext['when']): TaskItem {
  const { name, readOnly } = instance;
  if (schedule === 'never' || readOnly) return absentCron(instance, facts);
  const time = cronTime(schedule);
  if (time === undefined) {
    const why = hasSystemd(facts) ? 'timers of systemd are for root' : 'this host has no systemd';
    const what = `registry_gc_schedule: cron has no time like ${schedule}, and ${why}. Give daily, weekly, Sun 03:00 or *-*-1 02:30`;
    return fail({ title: `schedule of the garbage collection of ${name}`, msg: what, when });
  }
  // cron's own PATH has no /usr/local/bin, and a % is a line end to it.
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const job = sh`${embeddedGcCommand(instance)} > /dev/null`.script.replaceAll('%', '\\%');
  return cron({ when, name: gcTimer(name), job: `${path} ${job}`, ...time, ...cronOwner(facts) });
}

function hasSystemd({ service_manager: manager }: Facts): boolean {
  return manager === 'systemd';
}

/** Returns where the entry is: of root in /etc/cron.d, of others in their own crontab. */
function cronOwner({ uid, user }: Facts): { readonly user: string; readonly crontab: boolean } {
  return { user, crontab: uid !== 0 };
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
