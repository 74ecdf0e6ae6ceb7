import { embedded_registry } from '../../../src/index.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import type { SettingError } from './setting-error.js';

/** Returns the errors in what an embedded registry alone has: settings that need another. */
export function embeddedErrors({ vars, htpasswd, tls, readOnly }: RegistryInstance): readonly SettingError[] {
  const { registry_tls_client_ca: clientCa, registry_notifications: notifications, registry_proxy: proxy } = vars;
  const nobody = htpasswd === undefined && clientCa === undefined;
  const accounts = 'needs registry_accounts, registry_htpasswd or registry_tls_client_ca: everybody may do everything';
  const checks: readonly (readonly [boolean, string, string])[] = [
    [nobody && vars.registry_access !== undefined, 'access', accounts],
    [nobody && vars.registry_anonymous_pull === true, 'anonymous_pull', accounts],
    [clientCa !== undefined && tls === undefined, 'tls_client_ca', 'needs registry_tls'],
    [
      vars.registry_tls_client_auth !== undefined && clientCa === undefined,
      'tls_client_auth',
      'needs registry_tls_client_ca',
    ],
    [
      readOnly && notifications.length > 0 && vars.registry_notifications_directory === undefined,
      'notifications',
      'needs registry_notifications_directory where the registry is read-only: events wait in files',
    ],
    [readOnly && proxy !== undefined, 'proxy', 'a pull-through cache must be writable. Remove registry_read_only'],
    [
      (proxy?.username === undefined) !== (proxy?.password === undefined),
      'proxy',
      'needs username and password, or neither',
    ],
  ];
  const found = checks.filter(([wrong]) => wrong).map(([, name, message]) => ({ path: [name], message }));
  return [
    ...found,
    ...ownShape('headers', vars.registry_headers),
    ...ownShape('notifications', notifications),
    ...proxyErrors(proxy),
  ];
}

function proxyErrors(proxy: RegistryInstance['vars']['registry_proxy']): readonly SettingError[] {
  const { shape } = embedded_registry.params;
  const checks = [
    ['remoteurl', shape.proxy_url.safeParse(proxy?.remoteurl)],
    ['ttl', shape.proxy_ttl.safeParse(proxy?.ttl)],
  ] as const;
  return checks.flatMap(([name, { error }]) =>
    (error?.issues ?? []).map(({ message }) => ({ path: ['proxy', name], message })),
  );
}

/** Checks variables of docker-registry as the embedded one takes them: it refuses some that the other takes. */
function ownShape(name: 'headers' | 'notifications', value: unknown): readonly SettingError[] {
  const { error } = embedded_registry.params.shape[name].safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => ({ path: [name, ...path.map(String)], message }));
}
