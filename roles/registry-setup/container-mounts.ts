import type { RegistryInstance } from './instance.js';

/** What a registry in a container sees of the host: its storage, and the files that its configuration names. */
export function containerMounts({ storageDirectory, tls, htpasswd }: RegistryInstance): readonly string[] {
  const files = [tls?.certificate, tls?.key, htpasswd].filter((path) => path !== undefined);
  return [bind(storageDirectory, '/var/lib/registry'), ...files.map((path) => `${bind(path, path)},readonly`)];
}

/** Unlike `-v`, it makes no folder of a source that is missing. */
export function bind(source: string, target: string): string {
  return `type=bind,source=${source},target=${target}`;
}
