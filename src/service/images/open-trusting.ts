import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type OpenedRegistry, openRegistry } from '../../registry/client/open.js';
import type { GrantedAccess } from '../tokens/issue-token.js';
import type { OwnTokens } from '../tokens/own-tokens.js';
import type { TrustingRegistry } from '../tokens/registries.js';

/** By what name the service works at a registry, and what it may do there. */
export interface OwnAccess {
  readonly ownTokens: OwnTokens;
  /** Name of the account in the registry's log. */
  readonly subject: string;
  /** Access for what is about a repository; undefined: for what is about all of them. */
  readonly access: (repository: string | undefined) => GrantedAccess;
  readonly signal: AbortSignal;
}

/** Returns what is about all repositories of a registry: its catalogue. */
export const catalogAccess: GrantedAccess = { type: 'registry', name: 'catalog', actions: ['*'] };

/** Opens a registry that trusts the service, by tokens that the service makes itself. */
export function openTrusting(
  { name, host, ca, members, beside }: TrustingRegistry,
  { ownTokens, subject, access, signal }: OwnAccess,
): OpenedRegistry {
  // The token server may have a name that only clients can resolve: it is not asked.
  const credentials = async (repository: string | undefined) => ({
    registryToken: await ownTokens.make(name, subject, access(repository)),
  });
  const common = { host: members?.writer ?? host, credentials, signal };
  if (beside === undefined) return openRegistry({ ...common, ...(ca === undefined ? {} : { trust: { ca } }) });
  // This process listens there itself: who answers is known, whatever its certificate names.
  const trust = { scheme: beside.scheme, verify: false };
  return openRegistry({ ...common, trust, dial: async () => await connected(beside.port, beside.address) });
}

async function connected(port: number, address: string): Promise<Socket> {
  const socket = connect(port, address);
  await once(socket, 'connect');
  return socket;
}
