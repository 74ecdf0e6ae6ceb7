import type { z } from 'zod';
import { nearest } from '../../src/index.js';

/** Keys of daemon.json that a variable of its own manages. */
const managed: Readonly<Record<string, string>> = {
  'insecure-registries': 'docker_insecure_registries',
  'registry-mirrors': 'docker_registry_mirrors',
  'live-restore': 'docker_live_restore',
  'log-driver': 'docker_log_driver',
  'log-opts': 'docker_log_options',
};

/** Keys of daemon.json in some version of docker (docs.docker.com/reference/cli/dockerd); versions know others, too. */
const known = [
  ...['allow-direct-routing', 'allow-nondistributable-artifacts', 'api-cors-header', 'authorization-plugins'],
  ...['bip', 'bip6', 'bridge', 'builder', 'cdi-spec-dirs', 'cgroup-parent', 'containerd', 'containerd-namespace'],
  ...['containerd-plugins-namespace', 'cpu-rt-period', 'cpu-rt-runtime', 'data-root', 'debug'],
  ...['default-address-pools', 'default-cgroupns-mode', 'default-gateway', 'default-gateway-v6'],
  ...['default-ipc-mode', 'default-network-opts', 'default-runtime', 'default-shm-size', 'default-ulimits'],
  ...['dns', 'dns-opts', 'dns-search', 'exec-opts', 'exec-root', 'experimental', 'features', 'firewall-backend'],
  ...['fixed-cidr', 'fixed-cidr-v6', 'graph', 'group', 'host-gateway-ip', 'host-gateway-ips', 'hosts', 'icc'],
  ...['init', 'init-path', 'ip', 'ip-forward', 'ip-forward-no-drop', 'ip-masq', 'ip6tables', 'iptables', 'ipv6'],
  ...['labels', 'log-format', 'log-level', 'max-concurrent-downloads', 'max-concurrent-uploads'],
  ...['max-download-attempts', 'metrics-addr', 'min-api-version', 'mtu', 'network-control-plane-mtu'],
  ...['no-new-privileges', 'node-generic-resources', 'oom-score-adjust', 'pidfile', 'proxies', 'raw-logs'],
  ...['runtimes', 'seccomp-profile', 'selinux-enabled', 'shutdown-timeout', 'storage-driver', 'storage-opts'],
  ...['swarm-default-advertise-addr', 'tls', 'tlscacert', 'tlscert', 'tlskey', 'tlsverify', 'userland-proxy'],
  ...['userland-proxy-path', 'userns-remap'],
];

/** Refuses keys that another variable manages, and misspelt ones: dockerd does not start with a key that it doesn't know. */
export function checkDaemonOptions(options: Readonly<Record<string, unknown>>, issues: z.core.$RefinementCtx): void {
  for (const key of Object.keys(options)) {
    const refuse = (message: string) => issues.addIssue({ code: 'custom', path: [key], message });
    const variable = managed[key];
    if (variable !== undefined) refuse(`${variable} manages this key. Set that`);
    else if (!known.includes(key)) {
      const near = nearest(key, [...known, ...Object.keys(managed)]);
      if (near !== undefined) refuse(`is no key of daemon.json. Did you mean ${near}?`);
    }
  }
}
