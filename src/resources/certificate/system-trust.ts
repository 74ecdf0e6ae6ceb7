import type { Facts } from '../../model/facts.js';

/** How a host as a whole comes to trust an authority. */
export interface SystemTrust {
  /** Where its certificate goes. */
  readonly path: string;
  /** Command that makes the lists anew. */
  readonly update: readonly string[];
  /** The list that programs read, PEM. */
  readonly list: string;
}

export function systemTrust({ os_family }: Pick<Facts, 'os_family'>): SystemTrust {
  return os_family === 'redhat'
    ? {
        path: '/etc/pki/ca-trust/source/anchors/provision-ca.crt',
        update: ['update-ca-trust', 'extract'],
        list: '/etc/pki/tls/certs/ca-bundle.crt',
      }
    : {
        path: '/usr/local/share/ca-certificates/provision-ca.crt',
        update: ['update-ca-certificates'],
        list: '/etc/ssl/certs/ca-certificates.crt',
      };
}
