import type { Distribution } from '../instance/distribution.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import { authorityVariables } from './proxy-authority.js';

/** Returns the path at which an image of this version reads its configuration. */
export function configInContainer({ major }: Distribution): string {
  return major === 2 ? '/etc/docker/registry/config.yml' : '/etc/distribution/config.yml';
}

/**
 * Returns the container's environment. 3.x sends traces to localhost:4318 and logs errors there, unless switched off.
 */
export function containerEnvironment(instance: RegistryInstance): string[] {
  const { major } = instance.distribution;
  return [...(major === 2 ? [] : ['OTEL_TRACES_EXPORTER=none']), ...authorityVariables(instance)];
}

/** The ports that a registry in a container is reached at: its own, and that of its metrics. */
export function publishedPorts({ address, port, vars }: RegistryInstance): string[] {
  const { registry_metrics: metrics } = vars;
  return [
    `${address === '' ? '' : `${address}:`}${port}:5000`,
    ...(metrics === undefined ? [] : [`${metrics.address}:${metrics.port}:${metrics.port}`]),
  ];
}
