import { posix } from 'node:path';
import type { z } from 'zod';
import { ca_certificate, certificate, directory, file, htpasswd, type Task, type TaskItem } from '../../src/index.js';
import type { givenAuthority } from './directories.js';
import {
  accountFile,
  authorityFile,
  configFolder,
  directoryFiles,
  metricsTokenFile,
  ownAuthorityFile,
  publicUrl,
  serviceTlsFiles,
} from './service-files.js';
import type { ServiceVars } from './vars.js';

/** Context of the tasks that write files. */
export interface ServiceFilesContext {
  readonly vars: ServiceVars;
  readonly inventoryHostname: string;
  readonly restart: Task;
}

const forceVariable = 'registry_service_force';

/** Returns the tasks that bring certificate and key. The service reads them again when they change. */
export function serviceTlsTasks({ vars, inventoryHostname }: ServiceFilesContext): readonly TaskItem[] {
  const { registry_service_tls: tls, registry_service_user: user, registry_service_force: force } = vars;
  const files = serviceTlsFiles(vars);
  if (files === undefined || tls === 'off' || (typeof tls === 'object' && 'certificate' in tls)) return [];
  const folder = directory({ path: posix.dirname(files.certificate), mode: '0755' });
  const how = { force, force_variable: forceVariable };
  const own = { owner: 'root', group: user };
  if (typeof tls === 'object' && 'src' in tls) {
    return [
      folder,
      file({ path: files.key, src: tls.src.key, ...own, mode: '0640', secret: true, ...how }),
      file({ path: files.certificate, src: tls.src.certificate, mode: '0644', ...how }),
    ];
  }
  const authority = ownAuthorityFile(vars);
  const { names = [], days, renew_days, key_type } = tls === 'own-ca' ? {} : tls;
  const host = new URL(publicUrl(vars, inventoryHostname)).hostname.replace(/^\[|\]$/g, '');
  return [
    folder,
    certificate({
      ...files,
      names: [...new Set([host, ...names])],
      ...(days === undefined ? {} : { days }),
      ...(renew_days === undefined ? {} : { renew_days }),
      ...(key_type === undefined ? {} : { key_type }),
      ...own,
      ...how,
    }),
    ...(authority === undefined ? [] : [ca_certificate({ path: authority, ...how })]),
  ];
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

function secretFileTasks(
  path: string,
  text: string | undefined,
  user: string,
  how: Pick<Parameters<typeof file>[0], 'force' | 'force_variable' | 'notify'>,
): readonly TaskItem[] {
  if (text === undefined) return [];
  return [file({ path, content: `${text}\n`, owner: user, group: user, mode: '0600', secret: true, ...how })];
}

function authorityFileTasks(
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
