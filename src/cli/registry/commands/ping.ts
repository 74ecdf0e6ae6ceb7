import type { Command } from 'commander';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** Makes `provision registry ping`. */
export function pingCommand(done: Done): Command {
  return registrySubcommand('ping', 'Checks that a registry answers and accepts the account.')
    .argument('<registry>', addressHelp)
    .action(async (registry: string, request: RegistryRequest) => done(await ping(registry, request)));
}

function ping(argument: string, request: RegistryRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'registry' }, async ({ registry, target }) => {
    const { trustOf } = await import('../../../registry/client/tokens/trust.js');
    const began = performance.now();
    await registry.ping();
    const milliseconds = Math.round(performance.now() - began);
    const scheme = request.plainHttp ? 'http' : trustOf(target.host, target.scheme && { scheme: target.scheme }).scheme;
    const anonymous = registry.traffic.requests === 1;
    print(request, { registry: registry.host, scheme, milliseconds, anonymous }, [
      `${registry.host} answers by ${scheme}, in ${milliseconds} ms${anonymous ? '; it needs no account' : ''}`,
    ]);
    return 0;
  });
}
