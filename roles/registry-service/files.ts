import { posix } from 'node:path';
import type { z } from 'zod';
import { ca_certificate, directory, file, htpasswd, type Task, type TaskItem } from '../../src/index.js';
import type { givenAuthority } from './directories.js';
import { servedTlsTasks } from './served-tls.js';
import {
  accountFile,
  authorityFile,
  configFolder,
  directoryFiles,
  metricsTokenFile,
  publicUrl,
  tlsFolder,
} from './service-files.js';
import type { ServiceVars } from './vars.js';

/** Context of the tasks that write files. */
export interface ServiceFilesContext {
  readonly vars: ServiceVars;
  readonly inventoryHostname: string;
  readonly restart: Task;
}

const forceVariable = 'registry_service_force';

/** Returns the tasks that bring certificate and key. */
export function serviceTlsTasks({ vars, inventoryHostname }: ServiceFilesContext): readonly TaskItem[] {
  return servedTlsTasks({
    tls: vars.registry_service_tls,
    folder: tlsFolder,
    host: new URL(publicUrl(vars, inventoryHostname)).hostname.replace(/^\[|\]$/g, ''),
    group: vars.registry_service_user,
    force: vars.registry_service_force,
    force_variable: forceVariable,
  });
}

/** Returns the tasks that bring the authorities of the registries' certificates. They are read at the start. */
export function authorityTasks({ vars, restart }: ServiceFilesContext): readonly TaskItem[] {
  const { registry_service_registries: registries, registry_service_force: force } = vars;
  const how = { force, force_variable: forceVariable, notify: restart };
  const tasks = registries.flatMap(({ name, ca }) => authorityFileTasks(authorityFile(name), ca, how));
  return tasks.length === 0 ? [] : [directory({ path: posix.dirname(authorityFile('x')), mode: '0755' }), ...tasks];
}

/** Returns the tasks that bring secrets and authorities of directories. A new secret counts without a restart. */
export function directoryTasks({ vars, restart }: ServiceFilesContext): readonly TaskItem[] {
  const {
    registry_service_ldap: ldap,
    registry_service_oidc: oidc,
    registry_service_user: user,
    registry_service_force: force,
  } = vars;
  const { ldapAuthority, ldapPassword, oidcAuthority, oidcSecret } = directoryFiles;
  const how = { force, force_variable: forceVariable };
  const secretFile = (path: string, text: string | undefined) => secretFileTasks(path, text, user, how);
  const tasks = [
    ...authorityFileTasks(ldapAuthority, ldap?.ca, { ...how, notify: restart }),
    ...secretFile(ldapPassword, ldap?.password),
    ...authorityFileTasks(oidcAuthority, oidc?.ca, { ...how, notify: restart }),
    ...secretFile(oidcSecret, oidc?.client_secret),
  ];
  return tasks.length === 0 ? [] : [directory({ path: posix.dirname(ldapPassword), mode: '0755' }), ...tasks];
}

/** Returns the task that brings the token of the metrics. It is read at the start. */
export function metricsTokenTasks({ vars, restart }: ServiceFilesContext): readonly TaskItem[] {
  const { registry_service_metrics_token: token, registry_service_user: user, registry_service_force: force } = vars;
  return secretFileTasks(metricsTokenFile, token, user, { force, force_variable: forceVariable, notify: restart });
}

/** Returns the task that brings a secret, for the service's user alone; none where there is none. */
export function secretFileTasks(
  path: string,
  text: string | undefined,
  user: string,
  how: Pick<Parameters<typeof file>[0], 'force' | 'force_variable' | 'notify'>,
): readonly TaskItem[] {
  if (text === undefined) return [];
  return [file({ path, content: `${text}\n`, owner: user, group: user, mode: '0600', secret: true, ...how })];
}

/** Returns the task that brings the authority of a certificate; none where there is none. */
export function authorityFileTasks(
  path: string,
  ca: z.output<typeof givenAuthority> | undefined,
  how: Pick<Parameters<typeof ca_certificate>[0], 'force' | 'force_variable' | 'notify'>,
): readonly TaskItem[] {
  if (ca === undefined) return [];
  return [ca === 'own-ca' ? ca_certificate({ path, ...how }) : file({ path, ...ca, mode: '0644', ...how })];
}

/** Returns the task that brings the first account: a hash of its password. It is read while there is no account. */
export function firstAccountTasks({ vars }: ServiceFilesContext): readonly TaskItem[] {
  const { registry_service_admin: admin, registry_service_user: user } = vars;
  if (admin === undefined) return [];
  const accounts = { [admin.name]: admin.password };
  return [
    htpasswd({
      title: 'the first account',
      path: accountFile,
      accounts,
      exclusive: true,
      owner: user,
      group: user,
      mode: '0600',
      backup: false,
    }),
  ];
}

/** Returns the folders of the service: its configuration, and what it keeps. */
export function folderTasks({ vars }: ServiceFilesContext): readonly TaskItem[] {
  const { registry_service_user: user, registry_service_directory: kept, registry_service_registry: beside } = vars;
  const own = { owner: user, group: user };
  return [
    directory({ path: configFolder, mode: '0755' }),
    directory({ path: kept, ...own, mode: '0700' }),
    ...(beside?.directory === undefined ? [] : [directory({ path: beside.directory, ...own, mode: '0700' })]),
  ];
}
