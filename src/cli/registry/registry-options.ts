import type { OpenedRegistry } from '../../registry/client/open.js';
import type { RegistryCredentials, RegistryTrust } from '../../registry/client/registry.js';
import type { Dial } from '../../registry/client/wire/wire.js';
import { RegistryError } from '../../registry/registry-error.js';
import { readAuthorities } from '../images/authorities.js';
import { note } from '../terminal/note.js';
import type { Target } from './target.js';

/** Options of all commands that talk to a registry. */
export interface RegistryRequest {
  readonly plainHttp: boolean;
  readonly ca: readonly string[];
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly insecure: boolean;
  readonly authfile: string | undefined;
  /** User whose password is read from standard input or asked for. */
  readonly creds: string | undefined;
  readonly passwordStdin: boolean;
  /** Seconds for all of it. */
  readonly timeout: number | undefined;
  readonly json: boolean;
  readonly verbose: number;
}

/** Options of {@link openTarget}. */
export interface OpenTargetOptions {
  readonly signal?: AbortSignal | undefined;
  /** Accounts that come before all others, by host. */
  readonly explicit?: ReadonlyMap<string, RegistryCredentials> | undefined;
  readonly dial?: Dial | undefined;
}

/**
 * Opens the registry of a target as the options say: `http://` or `--plain-http` for plain http. Authorities and client
 * certificates of the options come before those of docker's and podman's folders.
 * @throws RegistryError `input` for a file that can't be read, options that contradict each other
 */
export async function openTarget(
  { host, scheme }: Target,
  request: RegistryRequest,
  { signal, explicit, dial }: OpenTargetOptions = {},
): Promise<OpenedRegistry> {
  const { openRegistry } = await import('../../registry/client/open.js');
  const { findCredentials } = await import('../../registry/auth/credentials.js');
  const find = findCredentials({
    env: process.env,
    ...(explicit === undefined ? {} : { explicit }),
    ...(request.authfile === undefined ? {} : { authFiles: [request.authfile] }),
    notice: note,
  });
  return openRegistry({
    host,
    trust: await trustFor(host, scheme, request),
    notice: note,
    credentials: async (repository) => (await find(host, repository))?.credentials,
    ...(signal === undefined ? {} : { signal }),
    ...(dial === undefined ? {} : { dial }),
  });
}

async function trustFor(
  host: string,
  scheme: Target['scheme'],
  { plainHttp, ca, cert, key, insecure }: RegistryRequest,
): Promise<Partial<RegistryTrust>> {
  if (plainHttp && scheme === 'https') {
    throw new RegistryError('input', `https://${host} and --plain-http contradict each other: leave one out`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new RegistryError('input', '--cert and --key are needed both, or neither');
  }
  const { trustFolders, trustFromFolders } = await import('../../registry/auth/trust-folders.js');
  const { readClientCertificate } = await import('../../registry/auth/client-certificate.js');
  const written = plainHttp ? 'http' : scheme;
  const authorities = readAuthorities(ca)(host);
  return {
    ...(written === 'http' ? {} : trustFromFolders(host, trustFolders(), note)),
    ...(written === undefined ? {} : { scheme: written }),
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(cert === undefined || key === undefined ? {} : readClientCertificate(cert, key, note)),
    ...(insecure ? { verify: false } : {}),
  };
}
