import type { InstanceSettings } from '../vars/instance.js';
import { ownFolder } from './own-folder.js';
import type { HostFacts } from './platform.js';

/** Token server of a registry, as its configuration has it. */
export interface TrustedTokenServer {
  readonly realm: string;
  /** Name of the registry there: the audience of its tokens. */
  readonly service: string;
  readonly issuer: string;
  /** File of the host with the authority of its keys. */
  readonly rootcertbundle: string;
  /** Content that the role gives that file; undefined: it is another's. */
  readonly content: { readonly src: string } | { readonly content: string } | undefined;
  readonly signingalgorithms: readonly string[] | undefined;
}

/** Returns the token server of a registry; undefined where there is none, or the service that has it was not asked yet. */
export function tokenServer(vars: InstanceSettings, name: string, facts: HostFacts): TrustedTokenServer | undefined {
  const auth = vars.registry_auth;
  if (auth === undefined || !('token' in auth)) return undefined;
  const { realm, service, issuer, rootcertbundle: bundle, signingalgorithms } = auth.token;
  const isPath = typeof bundle === 'string';
  return {
    realm,
    service,
    issuer,
    rootcertbundle: isPath ? bundle : tokenAuthorityFile(ownFolder(vars, facts), name),
    content: isPath ? undefined : bundle,
    signingalgorithms,
  };
}

/** Returns the path of the authority of a token server's keys, where the role writes it. */
export function tokenAuthorityFile(folder: string, name: string): string {
  return `${folder}/${name}.token.pem`;
}

/** Returns the authority of the service that a registry notifies; undefined: one that the system trusts, or no service. */
export function serviceAuthority({ registry_auth: auth }: Pick<InstanceSettings, 'registry_auth'>) {
  if (auth === undefined) return undefined;
  return 'token' in auth ? auth.ca : auth.service.ca;
}
