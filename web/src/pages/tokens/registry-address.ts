import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import type { Api } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';

/** Returns the address of a registry that takes the service's accounts, one to push to first; undefined: there is none. */
export async function registryAddress(api: Api): Promise<string | undefined> {
  const items = (await api.find<Items<ServiceRegistry>>('/api/v1/registries'))?.items ?? [];
  const trusting = items.filter(({ trusted }) => trusted);
  return (trusting.find(({ readOnly }) => !readOnly) ?? trusting[0] ?? items[0])?.address;
}
