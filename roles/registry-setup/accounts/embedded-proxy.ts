import { posix } from 'node:path';
import { ca_certificate, directory, type embedded_registry, file, type TaskItem } from '../../../src/index.js';
import { ownFolder } from '../instance/own-folder.js';
import type { HostFacts } from '../instance/platform.js';
import type { RegistryInstance } from '../instance/registry-instance.js';

/** Returns the path of the password by which an embedded registry fetches from another. */
export function proxyPasswordFile(folder: string, name: string): string {
  return posix.join(folder, `${name}.proxy-password`);
}

/** Returns the tasks that bring the password and the authority of the registry that an embedded one fetches from. */
export function embeddedProxyTasks(instance: RegistryInstance, facts: HostFacts): readonly TaskItem[] {
  const { vars, name, force, proxyCa } = instance;
  const { password, ca } = vars.registry_proxy ?? {};
  const path = proxyPasswordFile(ownFolder(vars, facts), name);
  const how = { force, force_variable: 'registry_force' };
  return [
    ...(password === undefined
      ? []
      : [
          directory({ path: posix.dirname(path) }),
          file({ path, content: `${password}\n`, mode: '0600', secret: true, ...how }),
        ]),
    ...(proxyCa === undefined || ca === undefined
      ? []
      : [
          ...[posix.dirname(posix.dirname(proxyCa)), posix.dirname(proxyCa)].map((each) =>
            directory({ path: each, mode: '0755' }),
          ),
          ca === 'own-ca'
            ? ca_certificate({ path: proxyCa, ...how })
            : file({ path: proxyCa, ...ca, mode: '0644', ...how }),
        ]),
  ];
}

/** Returns the parameters of an embedded registry that fetches from another. */
export function embeddedProxyParams(
  { vars, name, proxyCa }: RegistryInstance,
  facts: HostFacts,
): Partial<Parameters<typeof embedded_registry>[0]> {
  const { registry_proxy: proxy } = vars;
  if (proxy === undefined) return {};
  const { remoteurl, username, password, ttl } = proxy;
  return {
    proxy_url: remoteurl,
    ...(username === undefined || password === undefined
      ? {}
      : { proxy_username: username, proxy_password_file: proxyPasswordFile(ownFolder(vars, facts), name) }),
    ...(ttl === undefined ? {} : { proxy_ttl: ttl }),
    ...(proxyCa === undefined ? {} : { proxy_ca: proxyCa }),
  };
}
