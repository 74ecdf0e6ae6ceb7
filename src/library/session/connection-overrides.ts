import { resolve } from 'node:path';
import type { ConnectionOverrides } from '../../inventory/settings/settings.js';
import type { SessionOptions } from './session-options.js';

/** Returns the settings of all hosts' connections that a session's options give; the password of sudo comes later. */
export function connectionOverrides(options: SessionOptions): ConnectionOverrides {
  const { root, acceptNew, become, becomeUser, user, privateKey } = options;
  return {
    ...(root === undefined ? {} : { root: resolve(root) }),
    ...(acceptNew === undefined ? {} : { acceptNew }),
    ...(become === undefined ? {} : { become }),
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(user === undefined ? {} : { user }),
    ...(privateKey === undefined ? {} : { identityFile: resolve(privateKey) }),
  };
}
