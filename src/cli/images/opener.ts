import type { RegistryAddress } from '../../registry/address.js';
import { readAuthorities } from '../../registry/auth/authorities.js';
import { limitOptions } from '../../registry/client/limit-options.js';
import { type OpenedRegistry, openRegistry } from '../../registry/client/open.js';
import type { RegistryCredentials, RegistryTrust } from '../../registry/client/registry.js';
import { isLoopbackHost } from '../../registry/client/tokens/trust.js';
import type { ImageList } from '../../registry/lists/image-list.js';
import { note } from '../terminal/note.js';
import { type LimitRequest, limitsOf } from './limits.js';

/** Options that say where images come from, and how registries are reached. */
export interface SourceRequest extends LimitRequest {
  readonly from: string | undefined;
  readonly ca: readonly string[];
  readonly insecure: boolean;
  readonly authfile: string | undefined;
}

type AccountOf = (host: string, repository: string | undefined) => Promise<RegistryCredentials | undefined>;

/** Opens a registry as options and list say. */
export type Open = (address: Pick<RegistryAddress, 'host' | 'scheme'>) => OpenedRegistry;

/**
 * Makes the opener of a sync's registries, with the accounts and authorities of options, list and machine.
 * @throws RegistryError `input`
 */
export async function makeOpener(request: SourceRequest, list: ImageList, signal: AbortSignal): Promise<Open> {
  const authoritiesOf = readAuthorities(request.ca);
  const { credentialsFrom } = await import('../../registry/auth/credentials.js');
  const credentials = credentialsFrom({
    env: process.env,
    explicit: list.credentials,
    ...(request.authfile === undefined ? {} : { authFiles: [request.authfile] }),
    notice: note,
  });
  const listed = credentialsFrom({ env: process.env, explicit: list.credentials, authFiles: [] });
  const { trustFolders, trustFromFolders } = await import('../../registry/auth/trust-folders.js');
  return ({ host, scheme }) => {
    const ca = authoritiesOf(host);
    const isChosen = scheme !== undefined || request.insecure || isLoopbackHost(host);
    const account = isChosen ? credentials : withholdUnlessSecure(list, credentials, listed);
    const trust: Partial<RegistryTrust> = {
      ...trustFromFolders(host, trustFolders(), note),
      ...list.trust.get(host),
      ...(scheme === undefined ? {} : { scheme }),
      ...(ca === undefined ? {} : { ca }),
      ...(request.insecure ? { verify: false } : {}),
    };
    return openRegistry({
      host,
      trust,
      credentials: (repository) => account(host, repository),
      signal,
      notice: note,
      ...limitOptions(limitsOf(request, host, list.limits)),
    });
  };
}

/**
 * Withholds the user's own accounts where a list makes the way to a registry less secure: its author could have them sent
 * in the clear. An account that the list itself has is sent as it says.
 */
function withholdUnlessSecure(list: ImageList, credentials: AccountOf, listed: AccountOf): AccountOf {
  let reported = false;
  return async (host, repository) => {
    const { scheme, verify } = list.trust.get(host) ?? {};
    if (scheme !== 'http' && verify !== false) return credentials(host, repository);
    const own = await listed(host, repository);
    if (own !== undefined) return own;
    if (!reported && (await credentials(host, repository)) !== undefined) {
      const how = scheme === 'http' ? 'by plain http' : 'with any certificate';
      note(
        `${host} is reached ${how}, as the list says: your account for it is not sent. Give --insecure or http://${host}, or write the account in the list`,
      );
      reported = true;
    }
    return undefined;
  };
}
