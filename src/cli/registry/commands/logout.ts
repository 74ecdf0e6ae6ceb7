import type { Command } from 'commander';
import { parseTarget } from '../../../registry/auth/target.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import type { RegistryRequest } from '../registry-options.js';
import { print } from '../run-action.js';

/** Makes `provision registry logout`. */
export function logoutCommand(done: Done): Command {
  return registrySubcommand('logout', 'Deletes a stored account.', false)
    .argument('<registry[/namespace]>', addressHelp)
    .action(async (registry: string, request: RegistryRequest) => done(await logout(registry, request)));
}

function logout(argument: string, request: RegistryRequest): Promise<number> {
  return runUntilStopped(request, async () => {
    const { findCredentials } = await import('../../../registry/auth/credentials.js');
    const { eraseCredentials } = await import('../../../registry/auth/credentials-store.js');
    const { host, repository } = parseTarget(argument, 'registry');
    const key = repository === undefined ? host : `${host}/${repository}`;
    const erased = await eraseCredentials({ key, env: process.env, authFile: request.authfile });
    const authFiles = request.authfile === undefined || erased === undefined ? undefined : [request.authfile];
    const left = await findCredentials({ env: process.env, ...(authFiles && { authFiles }) })(host, repository);
    print(request, { registry: host, key, erased, left: left?.from }, [
      erased === undefined ? `no account is stored for ${key}` : `the account for ${key} was deleted from ${erased}`,
      ...(left === undefined ? [] : [`note: an account for ${host} is still found in ${left.from}`]),
    ]);
    return 0;
  });
}
