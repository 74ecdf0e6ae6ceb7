import type { Facts } from '../../model/facts.js';
import type { ServiceManager } from './service-manager.js';
import { systemd } from './systemd.js';
import { sysvinit } from './sysvinit.js';

/** Returns the service manager of a host: undefined where nothing manages services, as in most containers. */
export function pickServiceManager(facts: Facts): ServiceManager | undefined {
  switch (facts.service_manager) {
    case 'systemd':
      return systemd;
    case 'sysvinit':
      return sysvinit;
    case 'none':
      return undefined;
  }
}
