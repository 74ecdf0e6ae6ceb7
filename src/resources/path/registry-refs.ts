import type { Ref, Resource } from '../../model/resource.js';

/**
 * Returns the refs of a registry, for {@link Resource.reaches}: `registry1:5000` or an image there is `registry:5000`. None
 * for one without a port.
 */
export function registryRefs(registry: string): Ref[] {
  const port = /:(\d+)(?:\/|$)/.exec(registry)?.[1];
  return port === undefined ? [] : [`registry:${port}`];
}
