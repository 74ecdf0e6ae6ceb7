import { nfsShare } from '../instance/nfs-share.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { authoritiesFolder, proxyFolder } from './proxy-authority.js';

/** Returns the mounts of a registry's container: its storage, and the files that its configuration names. */
export function containerMounts(instance: RegistryInstance): readonly string[] {
  const { tls, htpasswd, token } = instance;
  const files = [tls?.certificate, tls?.key, htpasswd, token?.rootcertbundle].filter((path) => path !== undefined);
  const authorities = authoritiesFolder(instance);
  return [
    storageMount(instance),
    ...files.map((path) => `${bind(path, path)},readonly`),
    ...(authorities === undefined ? [] : [`${bind(authorities, proxyFolder)},readonly`]),
  ];
}

/**
 * Returns the mount of the storage. Of a share only a folder within is mounted, so that the container cannot start
 * while the share is absent.
 */
function storageMount(instance: RegistryInstance): string {
  const { storageDirectory, readOnly } = instance;
  if (nfsShare(instance) === undefined) return bind(storageDirectory, '/var/lib/registry');
  return `${bind(`${storageDirectory}/docker`, '/var/lib/registry/docker')}${readOnly ? ',readonly' : ''}`;
}

/** Returns a bind mount. Unlike `-v`, it creates no folder where the source is missing. */
export function bind(source: string, target: string): string {
  return `type=bind,source=${source},target=${target}`;
}
