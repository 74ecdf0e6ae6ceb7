import { storeCredentials } from '../../../registry/auth/credentials-store.js';
import { askLine } from '../../terminal/ask-line.js';
import { passwordFor } from '../password.js';
import { openTarget, type RegistryRequest } from '../registry-options.js';
import { print, withEnding } from '../run-action.js';
import { parseTarget } from '../target.js';

export interface LoginRequest extends RegistryRequest {
  readonly username: string | undefined;
}

/** `provision registry login`: keeps an account once the registry has accepted it, where docker or podman look for it. */
export function loginAction(argument: string, request: LoginRequest): Promise<number> {
  return withEnding(request, async (signal) => {
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
      `${username} at ${key}: kept in ${at}`,
      ...(checked ? [] : [`note: ${target.host} asked for no account, so it was not checked`]),
    ]);
    return 0;
  });
}

async function askUser(host: string): Promise<string> {
  const { RegistryError } = await import('../../../registry/registry-error.js');
  if (!process.stdin.isTTY) throw new RegistryError('input', 'which user?', { hint: 'give -u USER' });
  const user = (await askLine(`User at ${host}: `)).trim();
  if (user === '') throw new RegistryError('input', 'no user was given');
  return user;
}
