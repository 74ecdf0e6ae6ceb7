import { nfsShare } from '../instance/nfs-share.js';
import type { RegistryInstance } from '../instance/registry-instance.js';

/** What a registry in a container sees of the host: its storage, and the files that its configuration names. */
export function containerMounts(instance: RegistryInstance): readonly string[] {
  const { tls, htpasswd } = instance;
  const files = [tls?.certificate, tls?.key, htpasswd].filter((path) => path !== undefined);
  return [storageMount(instance), ...files.map((path) => `${bind(path, path)},readonly`)];
}

/** Of a share, the folder that is in it alone: while it isn't mounted, the container can't be started on the bare directory. */
function storageMount(instance: RegistryInstance): string {
  const { storageDirectory, readOnly } = instance;
  if (nfsShare(instance) === undefined) return bind(storageDirectory, '/var/lib/registry');
  return `${bind(`${storageDirectory}/docker`, '/var/lib/registry/docker')}${readOnly ? ',readonly' : ''}`;
}

/** Unlike `-v`, it makes no folder of a source that is missing. */
export function bind(source: string, target: string): string {
  return `type=bind,source=${source},target=${target}`;
}
