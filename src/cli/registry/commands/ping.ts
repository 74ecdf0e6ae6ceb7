import { trustOf } from '../../../registry/client/tokens/trust.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** `provision registry ping`: whether it answers, and takes the account. */
export function pingAction(argument: string, request: RegistryRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'registry' }, async ({ registry, target }) => {
    const began = performance.now();
    await registry.ping();
    const milliseconds = Math.round(performance.now() - began);
    const scheme = request.plainHttp ? 'http' : trustOf(target.host, target.scheme && { scheme: target.scheme }).scheme;
    const anonymous = registry.traffic.requests === 1;
    print(request, { registry: registry.host, scheme, milliseconds, anonymous }, [
      `${registry.host} answers by ${scheme}, in ${milliseconds} ms${anonymous ? '; it asked for no account' : ''}`,
    ]);
    return 0;
  });
}
