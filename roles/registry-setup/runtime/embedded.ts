import { embedded_registry, type RoleContext, type TaskItem } from '../../../src/index.js';
import { absentSecrets } from '../absent.js';
import { accessFile, accessTasks } from '../accounts/access.js';
import { accountTasks } from '../accounts/accounts.js';
import { embeddedProxyParams, embeddedProxyTasks } from '../accounts/embedded-proxy.js';
import { embeddedAuthorityTasks, tokenTasks } from '../auth/token-tasks.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { absentCron, absentTimers, hasTimers, timerTasks } from '../timers/timers.js';
import { tlsTasks } from '../tls/tls.js';
import { secondsOf } from '../vars/embedded.js';
import type { RegistryVars } from '../vars/role-vars.js';

/** Returns the tasks of the embedded registry. */
export function embeddedRegistry(instance: RegistryInstance, role: RoleContext<RegistryVars>): readonly TaskItem[] {
  const { vars, name, only, tls, htpasswd, token, serviceCa } = instance;
  const access = vars.registry_access === undefined ? undefined : accessFile(instance, role.facts);
  const context = { role, when: () => true, installed: [] };
  return [
    // It reads these again when they change.
    ...(instance.state === 'present'
      ? [
          ...tlsTasks(instance, context),
          ...accountTasks(instance, context),
          ...tokenTasks(instance, context),
          ...embeddedAuthorityTasks(instance),
          ...accessTasks(instance, access),
          ...embeddedProxyTasks(instance, role.facts),
        ]
      : []),
    embedded_registry({
      title: only ? 'the registry' : name,
      name,
      state: instance.state,
      directory: instance.storageDirectory,
      address: instance.address,
      port: instance.port,
      read_only: instance.readOnly,
      delete_enabled: instance.deleteEnabled,
      force: instance.force,
      remove_images: vars.registry_remove_images,
      sparse_indexes: vars.registry_sparse_indexes,
      ...(vars.registry_metrics_path === undefined ? {} : { metrics_path: vars.registry_metrics_path }),
      ...(vars.registry_max_manifest_size === undefined ? {} : { max_manifest_size: vars.registry_max_manifest_size }),
      ...(vars.registry_gc_grace === undefined ? {} : { gc_grace: secondsOf(vars.registry_gc_grace) }),
      ...(vars.registry_scrub_rate === undefined ? {} : { scrub_rate: vars.registry_scrub_rate }),
      ...(vars.registry_home === undefined ? {} : { home: vars.registry_home }),
      ...(htpasswd === undefined ? {} : { htpasswd }),
      ...(tls === undefined ? {} : { tls }),
      ...(access === undefined ? {} : { access }),
      ...(token === undefined
        ? {}
        : {
            token_realm: token.realm,
            token_service: token.service,
            token_issuer: token.issuer,
            token_rootcertbundle: token.rootcertbundle,
          }),
      ...(serviceCa === undefined ? {} : { notifications_ca: serviceCa }),
      ...given(vars),
      ...embeddedProxyParams(instance, role.facts),
    }),
    ...(instance.state === 'absent'
      ? [
          ...(hasTimers(role.facts) ? absentTimers(instance) : [absentCron(instance, role.facts)]),
          absentSecrets(instance, role),
        ]
      : timerTasks(instance, context)),
  ];
}

/** Returns the parameters of the resource that have the name of their variable, as far as they are given. */
function given(vars: RegistryInstance['vars']): Partial<Parameters<typeof embedded_registry>[0]> {
  const { registry_headers: headers, registry_notifications: notifications } = vars;
  const all = {
    anonymous_pull: vars.registry_anonymous_pull,
    tls_client_ca: vars.registry_tls_client_ca,
    tls_client_auth: vars.registry_tls_client_auth,
    immutable_tags: vars.registry_immutable_tags,
    quotas: vars.registry_quotas,
    rate_limit: vars.registry_rate_limit,
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    cors_origins: vars.registry_cors_origins,
    notifications: notifications.length === 0 ? undefined : notifications,
    notifications_directory: vars.registry_notifications_directory,
    notifications_max_bytes: vars.registry_notifications_max_bytes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
