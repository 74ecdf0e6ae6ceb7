import type { Facts } from '../../model/facts.js';

/** Facts as a Debian 12 machine gives them: what `--list-tasks` makes the tasks of roles from, as no host is asked. */
export const standInFacts: Facts = {
  os_family: 'debian',
  os_id: 'debian',
  os_version: '12',
  os_major: 12,
  os_name: 'Debian GNU/Linux 12 (bookworm)',
  arch: 'x86_64',
  kernel: '6.1.0-18-amd64',
  hostname: 'localhost',
  fqdn: 'localhost',
  addresses: ['192.0.2.1'],
  default_address: '192.0.2.1',
  package_manager: 'apt',
  service_manager: 'systemd',
  docker_version: '',
  podman_version: '',
  user: 'root',
  uid: 0,
  home: '/root',
};

const families: Readonly<Record<Facts['os_family'], string>> = { debian: 'Debian', redhat: 'RedHat', other: 'Other' };

const distributions: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  centos: 'CentOS',
  rhel: 'RedHat',
  fedora: 'Fedora',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
};

/** Returns the facts under the names and spellings that Ansible gives them. */
export function ansibleFacts(facts: Facts): Readonly<Record<string, unknown>> {
  return {
    ansible_hostname: facts.hostname,
    ansible_fqdn: facts.fqdn,
    ansible_os_family: families[facts.os_family],
    ansible_distribution: distributions[facts.os_id] ?? facts.os_id,
    ansible_distribution_version: facts.os_version,
    ansible_distribution_major_version: String(facts.os_major),
    ansible_architecture: facts.arch,
    ansible_default_ipv4: { address: facts.default_address },
    ansible_all_ipv4_addresses: facts.addresses.filter((address) => address.includes('.')),
    ansible_user_id: facts.user,
  };
}
