import { type OpenedRegistry, openRegistry } from '../client/open.js';
import type { RegistryCredentials, RegistryTrust } from '../client/registry.js';
import type { Dial } from '../client/wire/wire.js';
import { RegistryError } from '../registry-error.js';
import { readAuthorities } from './authorities.js';
import { readClientCertificate } from './client-certificate.js';
import { findCredentials } from './credentials.js';
import type { Target } from './target.js';
import { trustFolders, trustFromFolders } from './trust-folders.js';

/** Options of the way to a registry: whom to trust, whose accounts to use. */
export interface TargetTrust {
  readonly plainHttp: boolean;
  /** Files of authorities: `FILE`, or `HOST=FILE`. */
  readonly ca: readonly string[];
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly insecure: boolean;
  /** File of accounts. Default: those that docker and podman keep. */
  readonly authfile: string | undefined;
}

/** Trust in what docker and podman trust, and their accounts. */
export const usualTrust: TargetTrust = {
  plainHttp: false,
  ca: [],
  cert: undefined,
  key: undefined,
  insecure: false,
  authfile: undefined,
};

/** Options of {@link openTargetRegistry}. */
export interface TargetRegistryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Accounts that come before all others, by host. */
  readonly explicit?: ReadonlyMap<string, RegistryCredentials> | undefined;
  readonly dial?: Dial | undefined;
  readonly notice: (line: string) => void;
}

/**
 * Opens the registry of a target as the options say: `http://` or `plainHttp` for plain http. Authorities and client
 * certificates of the options come before those of docker's and podman's folders.
 * @throws RegistryError `input` for a file that can't be read, options that contradict each other
 */
export function openTargetRegistry(
  { host, scheme }: Target,
  trust: TargetTrust,
  { signal, explicit, dial, notice }: TargetRegistryOptions,
): OpenedRegistry {
  const find = findCredentials({
    env: process.env,
    ...(explicit === undefined ? {} : { explicit }),
    ...(trust.authfile === undefined ? {} : { authFiles: [trust.authfile] }),
    notice,
  });
  return openRegistry({
    host,
    trust: trustFor(host, scheme, trust, notice),
    notice,
    credentials: async (repository) => (await find(host, repository))?.credentials,
    ...(signal === undefined ? {} : { signal }),
    ...(dial === undefined ? {} : { dial }),
  });
}

function trustFor(
  host: string,
  scheme: Target['scheme'],
  { plainHttp, ca, cert, key, insecure }: TargetTrust,
  notice: (line: string) => void,
): Partial<RegistryTrust> {
  if (plainHttp && scheme === 'https') {
    throw new RegistryError('input', `https://${host} and --plain-http contradict each other: leave one out`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new RegistryError('input', '--cert and --key are needed both, or neither');
  }
  const written = plainHttp ? 'http' : scheme;
  const authorities = readAuthorities(ca)(host);
  return {
    ...(written === 'http' ? {} : trustFromFolders(host, trustFolders(), notice)),
    ...(written === undefined ? {} : { scheme: written }),
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(cert === undefined || key === undefined ? {} : readClientCertificate(cert, key, notice)),
    ...(insecure ? { verify: false } : {}),
  };
}
