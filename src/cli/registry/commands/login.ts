import type { Command } from 'commander';
import { parseTarget } from '../../../registry/auth/target.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { askLine } from '../../terminal/ask-line.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import { passwordFor } from '../password.js';
import { openTarget, type RegistryRequest } from '../registry-options.js';
import { print } from '../run-action.js';

interface LoginRequest extends RegistryRequest {
  readonly username: string | undefined;
}

/** Makes `provision registry login`. */
export function loginCommand(done: Done): Command {
  const description = 'Stores an account, once the registry has accepted it, where docker and podman find it.';
  return registrySubcommand('login', description, false)
    .argument('<registry[/namespace]>', addressHelp)
    .option('-u, --username <user>', 'the user (default: asked for)')
    .option('--password-stdin', 'read the password from standard input (default: asked for)', false)
    .action(async (registry: string, request: LoginRequest) => done(await login(registry, request)));
}

function login(argument: string, request: LoginRequest): Promise<number> {
  return runUntilStopped(request, async (signal) => {
    const { storeCredentials } = await import('../../../registry/auth/credentials-store.js');
    const target = parseTarget(argument, 'registry');
    const key = target.repository === undefined ? target.host : `${target.host}/${target.repository}`;
    const username = request.username ?? (await askUser(target.host));
    const password = await passwordFor(username, target.host, request.passwordStdin);
    const credentials = { username, password };
    const place = { key, env: process.env, authFile: request.authfile };
    const withoutFiles = { ...request, authfile: undefined }; // The file may not be there yet.
    const registry = await openTarget(target, withoutFiles, {
      signal,
      explicit: new Map([[target.host, credentials]]),
    });
    try {
      await registry.ping();
    } finally {
      await registry.close();
    }
    const checked = registry.traffic.requests > 1;
    const at = await storeCredentials(place, credentials);
    print(request, { registry: target.host, key, username, checked, stored: at }, [
      `${username} at ${key}: stored in ${at}`,
      ...(checked ? [] : [`note: ${target.host} needs no account, so this one was not checked`]),
    ]);
    return 0;
  });
}

async function askUser(host: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new RegistryError('input', 'no user is given, and standard input is not a terminal', {
      hint: 'give the user with -u USER',
    });
  const user = (await askLine(`User at ${host}: `)).trim();
  if (user === '') throw new RegistryError('input', 'no user was given');
  return user;
}
