import { posix } from 'node:path';
import { directory, htpasswd, type TaskItem } from '../../../src/index.js';
import type { FilesContext, RegistryInstance } from '../instance/registry-instance.js';

/** Returns the tasks that write the file of accounts. They come before the configuration that names it. */
export function accountTasks(instance: RegistryInstance, context: FilesContext): readonly TaskItem[] {
  const { htpasswd: path, vars, user } = instance;
  const { registry_accounts: accounts, registry_accounts_exclusive: exclusive } = vars;
  if (path === undefined || accounts === undefined) return [];
  const { when, installed } = context;
  const notify = context.restart === undefined ? {} : { notify: context.restart };
  return [
    directory({ when, path: posix.dirname(path), needs: [...installed] }),
    htpasswd({
      when,
      path,
      accounts: Object.fromEntries(accounts.map(({ name, password }) => [name, password])),
      exclusive,
      ...(user === undefined ? {} : { group: user }),
      needs: [...installed],
      // It is read once, at the start.
      ...notify,
    }),
  ];
}
