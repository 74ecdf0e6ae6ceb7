import type { SealingKey } from '../../store/key-file.js';
import type { LoginDelays } from '../credentials/login-delays.js';
import type { AdoptionParts } from './adopt-user.js';
import { Directories } from './directory.js';
import type { LdapOptions } from './ldap/ldap-options.js';
import type { OidcOptions } from './oidc/oidc-options.js';
import type { OidcProvider } from './oidc/oidc-provider.js';

/** Directories of a service, opened. */
export interface OpenDirectories {
  readonly directories: Directories;
  readonly oidc: { readonly provider: OidcProvider; readonly sealing: SealingKey } | undefined;
  close(): Promise<void>;
}

/**
 * Opens the directories that are set up; their programs are read only then. None of them is contacted yet.
 * @throws Error for options that can't be used
 */
export async function openDirectories(
  { ldap, oidc }: { readonly ldap: LdapOptions | undefined; readonly oidc: OidcOptions | undefined },
  parts: AdoptionParts & { readonly delays: LoginDelays; readonly complain: (message: string) => void },
  sealing: SealingKey,
  url: () => string,
): Promise<OpenDirectories> {
  const directory =
    ldap === undefined ? undefined : await (await import('./ldap/ldap-directory.js')).LdapDirectory.open(ldap);
  const provider = oidc === undefined ? undefined : new (await import('./oidc/oidc-provider.js')).OidcProvider(oidc);
  const directories = new Directories(parts, {
    ...(ldap === undefined || directory === undefined
      ? {}
      : { passwords: { directory, rules: { ...ldap, source: 'ldap' }, refreshEvery: ldap.refreshEvery } }),
    ...(oidc === undefined
      ? {}
      : {
          foreign: {
            rules: { ...oidc, source: 'oidc' },
            longestAway: oidc.longestAway,
            loginUrl: () => `${url()}/api/v1/oidc/login`,
          },
        }),
  });
  return {
    directories,
    oidc: provider === undefined ? undefined : { provider, sealing },
    close: async () => await directory?.close(),
  };
}
