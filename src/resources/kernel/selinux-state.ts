import type { Plan } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import type { Fields } from '../path/printed-fields.js';

/**
 * Returns a probe that prints `off` where SELinux isn't on, and runs the rest where it is. `$policy` is the folder of
 * the policy, /etc/selinux/targeted. A container sees the host's SELinux as off, and can't change it.
 */
export function whereSelinux(on: Sh): Sh {
  return sh`LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/sbin:/sbin
if if command -v selinuxenabled >/dev/null 2>&1; then selinuxenabled; else [ -e /sys/fs/selinux/enforce ] || [ -e /selinux/enforce ]; fi; then
  type=$(sed -n 's/^SELINUXTYPE=[[:space:]]*//p' /etc/selinux/config 2>/dev/null | tail -n 1)
  policy=/etc/selinux/\${type:-targeted}
${on}
else echo | field off; fi`;
}

/** Returns the verdict where SELinux is off: there is nothing to do. */
export function whereOff(fields: Fields): Extract<Plan, { verdict: 'ok' }> | undefined {
  return fields('off').length > 0 ? { verdict: 'ok', note: 'SELinux is off' } : undefined;
}

/** Refuses a host without a tool of SELinux, and names its package. */
export function toolMissing(tool: string): Extract<Plan, { verdict: 'refused' }> {
  const packages =
    tool === 'semanage'
      ? 'policycoreutils-python-utils (policycoreutils-python up to release 7)'
      : tool === 'getsebool'
        ? 'libselinux-utils'
        : 'policycoreutils';
  return {
    verdict: 'refused',
    message: `SELinux is on, but there is no ${tool} on this host`,
    hint: `install ${packages}`,
  };
}
