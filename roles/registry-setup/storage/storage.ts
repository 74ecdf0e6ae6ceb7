import {
  directory,
  file,
  mount_unit,
  packages,
  service,
  storage_preflight,
  type TaskItem,
  unitName,
} from '../../../src/index.js';
import { type NfsShare, nfsShare } from '../instance/nfs-share.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { registry_storage } from './registry-storage.js';
import { restartOnStorage } from './restart-on-storage.js';

/** Returns the tasks that make the folder of the images usable by the registry. */
export function storageTasks(instance: RegistryInstance, context: InstanceContext): readonly TaskItem[] {
  const { storageDirectory, readOnly, user } = instance;
  const share = nfsShare(instance);
  if (share !== undefined) return shareTasks(share, instance, context);
  return [
    registry_storage({
      when: context.when,
      path: storageDirectory,
      ...(user === undefined ? {} : { user }),
      write: !readOnly,
      needs: [...context.installed],
    }),
  ];
}

/** Lines for the `[Unit]` section of whatever unit runs the registry. */
export function storageUnitLines(instance: RegistryInstance): readonly string[] {
  const { storageDirectory } = instance;
  if (nfsShare(instance) === undefined) return [`RequiresMountsFor=${storageDirectory}`];
  const unit = unitName(storageDirectory, 'mount');
  // Bound to it, it is stopped too when the share goes; what is no mount is not written to.
  return [
    `RequiresMountsFor=${storageDirectory}`,
    `BindsTo=${unit}`,
    `After=${unit}`,
    `AssertPathIsMountPoint=${storageDirectory}`,
  ];
}

/** Returns the tasks that remove a registry's storage: a share is unmounted. */
export function absentStorage(instance: RegistryInstance): readonly TaskItem[] {
  if (nfsShare(instance) === undefined) return [];
  return [
    mount_unit({ path: instance.storageDirectory, state: 'absent' }),
    file({ path: dropIn(instance), state: 'absent', force: true, backup: false }),
  ];
}

function shareTasks(share: NfsShare, instance: RegistryInstance, context: InstanceContext): readonly TaskItem[] {
  const { storageDirectory: path, runtime, readOnly, user, vars, force } = instance;
  const { when, installed, role } = context;
  const client = role.facts.os_family === 'redhat' ? 'nfs-utils' : 'nfs-common';
  const inContainer = runtime === 'docker' || runtime === 'podman';
  return [
    packages({ when, name: [client] }),
    mount_unit({
      when,
      path,
      src: share.source,
      fstype: 'nfs',
      opts: share.options,
      force,
      force_variable: 'registry_force',
      needs: [`package:${client}`],
      ...(runtime === 'docker' ? { notify: restartOnStorage(instance, when) } : {}),
    }),
    storage_preflight({
      when,
      path,
      ...(user === undefined ? {} : { user }),
      write: !readOnly,
      min_free: vars.registry_storage_min_free,
      needs: [...installed],
    }),
    ...(inContainer ? [directory({ when, path: `${path}/docker` })] : []),
    ...dropInTasks(instance, context),
  ];
}

/** Units that are not ours get a drop-in. Docker, which has other work too, only comes after the share. */
function dropInTasks(instance: RegistryInstance, { when, installed }: InstanceContext): readonly TaskItem[] {
  const { runtime, only, unit, storageDirectory } = instance;
  if (runtime !== 'docker' && !(runtime === 'package' && only)) return [];
  const lines = runtime === 'docker' ? [`After=${unitName(storageDirectory, 'mount')}`] : storageUnitLines(instance);
  const path = dropIn(instance);
  return [
    directory({ when, path: path.replace(/\/[^/]*$/, '') }),
    file({
      when,
      path,
      content: `# Managed by provision.\n[Unit]\n${lines.join('\n')}\n`,
      mode: '0644',
      force: true,
      backup: false,
    }),
    service({
      when,
      title: `${unit} knows its storage`,
      name: unit,
      daemon_reload: true,
      needs: [...installed, `path:${path}` as const],
    }),
  ];
}

function dropIn({ runtime, unit, name }: RegistryInstance): string {
  return `/etc/systemd/system/${unit}.service.d/${runtime === 'docker' ? `registry-${name}` : 'storage'}.conf`;
}
