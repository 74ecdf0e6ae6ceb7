import type { Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import type { ServiceAction, ServiceManager, ServiceState } from './service-manager.js';

/**
 * Services of hosts without systemd: scripts of /etc/init.d, queried with `service NAME status` (LSB: 0 running, 3
 * not).
 */
export const sysvinit: ServiceManager = {
  probe: (name) => sh`LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/sbin:/sbin
[ ! -x ${`/etc/init.d/${name}`} ] || echo 'script yes'
service ${name} status >/dev/null 2>&1 </dev/null; echo "status $?"
set -- /etc/rc[2345].d/S[0-9][0-9]${name} /etc/rc.d/rc[2345].d/S[0-9][0-9]${name}
for link; do [ ! -e "$link" ] || { echo 'enabled yes'; break; }; done`,
  parse,
  act: (name, actions) =>
    joinSh([sh`LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/sbin:/sbin`, ...actions.map((action) => act(name, action))]),
};

function parse(reply: Reply, name: string): ServiceState {
  const status = /^status (\d+)$/m.exec(reply.stdout)?.[1];
  if (status === undefined) throw new Error(`could not query the service ${name}: ${reply.stderr.trim()}`);
  return {
    exists: /^script yes$/m.test(reply.stdout),
    masked: false,
    active: status === '0' ? 'active' : 'inactive',
    enabled: /^enabled yes$/m.test(reply.stdout),
    canReload: true,
    stale: false,
    ended: false,
  };
}

function act(name: string, action: ServiceAction): Sh {
  switch (action) {
    case 'reread':
      return sh`:`;
    case 'enable':
      return sh`if command -v chkconfig >/dev/null 2>&1; then chkconfig ${name} on
else update-rc.d ${name} defaults >/dev/null && update-rc.d ${name} enable; fi || exit`;
    case 'disable':
      return sh`if command -v chkconfig >/dev/null 2>&1; then chkconfig ${name} off; else update-rc.d ${name} disable; fi || exit`;
    case 'start':
    case 'stop':
    case 'restart':
    case 'reload':
      return sh`service ${name} ${action} </dev/null || exit`;
  }
}
