import type { FastifyRequest } from 'fastify';
import type { TokenBundle } from '../../registry/server/access/tokens/token-bundle.js';
import type { ServiceParts } from '../service-parts.js';
import type { OwnTokens } from '../tokens/own-tokens.js';

/** Counter of the stars of repositories, by their ids; one that is not in its answer has none. */
export type StarsOf = (repositoryIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Parts by which the routes of v1 work. */
export interface V1Context {
  readonly parts: ServiceParts;
  readonly ownTokens: OwnTokens;
  /** Returns the authorities of the service's tokens. */
  readonly bundle: () => TokenBundle;
  readonly starsOf: StarsOf;
  /** Ends what is under way when the service stops. */
  readonly signal: AbortSignal;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Registry that the token of a request is for; undefined: it shows none. */
    tokenRegistry?: string;
  }
}

/** Returns the registry that an address names: by the host, or by the port of one in this process. */
export function namedRegistry({ parts }: V1Context, request: FastifyRequest) {
  const host = request.host.toLowerCase();
  const all = parts.registries.list();
  const port = request.socket.localPort;
  return (
    all.find((each) => each.host === host) ?? all.find(({ beside }) => beside !== undefined && beside.port === port)
  );
}

/**
 * Returns the names of the registries that a path may be about, the first ones first. A path of v1 names none: the address that was
 * asked does, or all are meant. A token is good for its own registry alone.
 */
export function meantRegistries(context: V1Context, request: FastifyRequest): string[] {
  const named = namedRegistry(context, request);
  const names = named === undefined ? context.parts.registries.list().map(({ name }) => name) : [named.name];
  const { tokenRegistry } = request;
  return tokenRegistry === undefined ? names : names.filter((name) => name === tokenRegistry);
}
