import { posix } from 'node:path';
import { ca_certificate, directory, file, type TaskItem } from '../../../src/index.js';
import type { FilesContext, RegistryInstance } from '../instance/registry-instance.js';
import { serviceAuthority } from '../instance/token-server.js';

/** Returns the tasks that bring the authority of a token server's keys. A registry of a package or image reads it at its start. */
export function tokenTasks({ token, force, only, name }: RegistryInstance, context: FilesContext): readonly TaskItem[] {
  if (token?.content === undefined) return [];
  const { when, installed } = context;
  const { rootcertbundle: path, content } = token;
  return [
    directory({ when, path: posix.dirname(path), needs: [...installed] }),
    file({
      when,
      title: only ? 'the authority of the tokens' : `the authority of the tokens of ${name}`,
      path,
      ...content,
      mode: '0644',
      force,
      force_variable: 'registry_force',
      needs: [...installed],
      ...(context.restart === undefined ? {} : { notify: context.restart }),
    }),
  ];
}

/** Returns the tasks that bring the authority of the service that an embedded registry notifies. */
export function embeddedAuthorityTasks({ serviceCa: path, vars, force }: RegistryInstance): readonly TaskItem[] {
  const ca = serviceAuthority(vars);
  if (path === undefined || ca === undefined) return [];
  const how = { force, force_variable: 'registry_force' };
  return [
    ...[posix.dirname(posix.dirname(path)), posix.dirname(path)].map((each) => directory({ path: each, mode: '0755' })),
    ca === 'own-ca' ? ca_certificate({ path, ...how }) : file({ path, ...ca, mode: '0644', ...how }),
  ];
}
