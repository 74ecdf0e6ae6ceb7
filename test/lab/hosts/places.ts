/** The bridge that the hosts share; they find each other on it by name. */
export const network = { name: 'provision-lab', subnet: '198.18.77.0/24', gateway: '198.18.77.1' } as const;

/** Where a host is: on the controller's loopback, and on the lab's network. */
export interface Place {
  name: string;
  /** Loopback address of this host's published ports: sshd at `sshPort`, a registry at 5000. */
  address: string;
  /** Address on the lab's network: sshd at 22, all else at its own port. */
  inside: string;
  /** Made by every `up`; the others when they are asked for. */
  usual: boolean;
  /** What it looks like: Debian unless said otherwise. */
  system?: 'upstream' | 'el7' | 'el9';
  /** Ports at `address` beside sshd's and the registry's. */
  ports?: number[];
}

export const sshPort = 2222;
export const registryPort = 5000;

/** The hosts that are containers. */
export const containers: Place[] = [
  { name: 'upstream', address: '127.0.1.1', inside: '198.18.77.11', usual: true, system: 'upstream' },
  { name: 'registry1', address: '127.0.1.2', inside: '198.18.77.12', usual: true },
  { name: 'client1', address: '127.0.1.3', inside: '198.18.77.13', usual: true },
  { name: 'client2', address: '127.0.1.4', inside: '198.18.77.14', usual: false },
  { name: 'client3', address: '127.0.1.5', inside: '198.18.77.15', usual: false },
  { name: 'registry2', address: '127.0.1.6', inside: '198.18.77.16', usual: false },
  { name: 'el7', address: '127.0.1.7', inside: '198.18.77.17', usual: false, system: 'el7' },
  { name: 'el9', address: '127.0.1.8', inside: '198.18.77.18', usual: false, system: 'el9' },
  { name: 'undercloud', address: '127.0.1.9', inside: '198.18.77.19', usual: false, system: 'el7', ports: [8787] },
  { name: 'mirror', address: '127.0.1.10', inside: '198.18.77.20', usual: false },
  { name: 'balancer', address: '127.0.1.11', inside: '198.18.77.21', usual: false },
];

/** The host that is a virtual machine: seen from the containers, it is at the bridge. */
export const nfs1: Place = { name: 'nfs1', address: '127.0.2.1', inside: network.gateway, usual: true };
