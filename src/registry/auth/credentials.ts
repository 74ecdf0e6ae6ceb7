import type { Credentials } from '../client/registry.js';

/** Accounts for registries. */
export function credentialsFrom({
  explicit = new Map(),
}: {
  readonly env: NodeJS.ProcessEnv;
  readonly explicit?: ReadonlyMap<string, Credentials>;
  readonly authFiles?: readonly string[];
}): (registry: string, repository: string | undefined) => Promise<Credentials | undefined> {
  return async (registry, repository) => {
    const path = `${registry}/${repository ?? ''}`;
    const names = [...explicit.keys()].filter((name) => path === name || path.startsWith(`${name}/`));
    return explicit.get(names.sort((one, other) => other.length - one.length)[0] ?? '');
  };
}
