import type { Facts } from '../../model/facts.js';

/** Way in which a host as a whole trusts an authority. */
export interface SystemTrust {
  /** Path of the authority's certificate. */
  readonly path: string;
  /** Command that rebuilds the lists. */
  readonly update: readonly string[];
  /** List that programs read, PEM. */
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
