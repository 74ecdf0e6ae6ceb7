import type { Place } from '../test/lab/lab.js';

export interface Access {
  readonly sshPort: number;
  readonly clientKey: string;
  readonly knownHosts: string;
}

/** The hosts for Ansible; host keys are checked by the ssh options it is run with. */
export function ansibleInventory(places: readonly Place[], access: Access): string {
  const hosts = places.map(({ name, address }) => [
    name,
    {
      ansible_host: address,
      ansible_port: access.sshPort,
      ansible_user: 'root',
      ansible_ssh_private_key_file: access.clientKey,
      ansible_python_interpreter: '/usr/bin/python3',
    },
  ]);
  return JSON.stringify({ all: { hosts: Object.fromEntries(hosts) } });
}

/** The same hosts for provision. */
export function provisionInventory(places: readonly Place[], access: Access): string {
  const hosts = places.map(({ name, address }) => [
    name,
    {
      host: address,
      port: access.sshPort,
      user: 'root',
      identity_file: access.clientKey,
      known_hosts_file: access.knownHosts,
    },
  ]);
  return JSON.stringify({ all: { hosts: Object.fromEntries(hosts) } });
}
