import { findCredentials } from '../../../registry/auth/credentials.js';
import { eraseCredentials } from '../../../registry/auth/credentials-store.js';
import type { RegistryRequest } from '../registry-options.js';
import { print, withEnding } from '../run-action.js';
import { parseTarget } from '../target.js';

/** `provision registry logout`: forgets an account that login kept, and says where another is still found. */
export function logoutAction(argument: string, request: RegistryRequest): Promise<number> {
  return withEnding(request, async () => {
    const { host, repository } = parseTarget(argument, 'registry');
    const key = repository === undefined ? host : `${host}/${repository}`;
    const erased = await eraseCredentials({ key, env: process.env, authFile: request.authfile });
    const authFiles = request.authfile === undefined || erased === undefined ? undefined : [request.authfile];
    const left = await findCredentials({ env: process.env, ...(authFiles && { authFiles }) })(host, repository);
    print(request, { registry: host, key, erased, left: left?.from }, [
      erased === undefined ? `no account was kept for ${key}` : `the account for ${key} is no longer in ${erased}`,
      ...(left === undefined ? [] : [`note: an account for ${host} is still found in ${left.from}`]),
    ]);
    return 0;
  });
}
