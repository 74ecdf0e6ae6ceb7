import { type Sh, sh } from '../../../src/index.js';

/** Home of the undercloud's user, `stack`; files without a folder are there. */
export const stackHome = '/home/stack';

/** Script that runs `openstack` as user stack, with the credentials of its stackrc, in its home. */
export function asStack(words: readonly string[]): Sh {
  const script = sh`cd ${stackHome} && . ${`${stackHome}/stackrc`}
exec openstack ${words}`.script;
  return sh`if [ "$(id -un)" = stack ]; then sh -c ${script}; else su -s /bin/sh -c ${script} stack; fi`;
}

/** Returns the path of a file in the home of user stack. */
export function inStackHome(path: string): string {
  return path.startsWith('/') ? path : `${stackHome}/${path}`;
}
