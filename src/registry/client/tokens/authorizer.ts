import { RegistryError } from '../../registry-error.js';
import type { RegistryCredentials } from '../registry.js';
import { readGivenAddress } from '../wire/given-address.js';
import { readChallenges } from './challenge.js';
import type { TokenScope } from './scopes.js';
import { basicAuthorization, type TokenServer } from './token-request.js';
import type { Tokens } from './tokens.js';

type Scheme =
  | { readonly is: 'none' }
  | { readonly is: 'basic' }
  | { readonly is: 'bearer'; readonly server: TokenServer };

/**
 * Authorization of requests to one registry. The first request is sent alone and without any; its answer says what the
 * registry wants, and all others wait for that. @see distribution, "Token Authentication Specification"
 */
export class Authorizer {
  #scheme: Scheme | undefined;
  #learning: Promise<void> | undefined;

  readonly #origin: URL;
  readonly #tokens: Tokens;
  readonly #credentials: (repository: string | undefined) => Promise<RegistryCredentials | undefined>;

  constructor(
    origin: URL,
    tokens: Tokens,
    credentials: (repository: string | undefined) => Promise<RegistryCredentials | undefined>,
  ) {
    this.#origin = origin;
    this.#tokens = tokens;
    this.#credentials = credentials;
  }

  /**
   * Runs a first request alone. Once one has been answered, whatever the answer, the others go ahead; where it never
   * was, the next tries.
   */
  async runInTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.#scheme === undefined) {
      if (this.#learning === undefined) {
        const working = work();
        this.#learning = working.then(
          () => undefined,
          () => undefined, // The caller gets the error from `working`; the others only wait for its end.
        );
        try {
          return await working;
        } finally {
          this.#learning = undefined;
        }
      }
      await this.#learning;
    }
    return work();
  }

  /** Records an answer other than 401 to a request without Authorization. */
  recordAccepted(): void {
    this.#scheme ??= { is: 'none' };
  }

  /** Returns the Authorization of a request; undefined for none. */
  async authorizationFor(scopes: readonly TokenScope[]): Promise<string | undefined> {
    const credentials = await this.#credentialsFor(scopes);
    if (credentials !== undefined && 'registryToken' in credentials) return `Bearer ${credentials.registryToken}`;
    switch (this.#scheme?.is) {
      case 'bearer':
        return `Bearer ${await this.#tokens.tokenFor(scopes, this.#scheme.server)}`;
      case 'basic':
        return credentials !== undefined && 'username' in credentials ? basicAuthorization(credentials) : undefined;
      default:
        return undefined;
    }
  }

  /** Learns from a 401. @param used the Authorization that was refused @returns true where the request should be retried */
  async learnFromChallenge(
    header: string | undefined,
    used: string | undefined,
    scopes: readonly TokenScope[],
  ): Promise<boolean> {
    const challenges = readChallenges(header ?? '');
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer?.parameters.realm) {
      const fresh = this.#scheme?.is !== 'bearer';
      this.#scheme = { is: 'bearer', server: this.#tokenServer(bearer.parameters.realm, bearer.parameters.service) };
      if (fresh || used === undefined) return true;
      return this.#tokens.recordRefused(used.slice('Bearer '.length), bearer.parameters.error === 'insufficient_scope');
    }
    if (challenges.some(({ scheme }) => scheme === 'basic')) {
      this.#scheme = { is: 'basic' };
      if (used !== undefined) return false;
      const credentials = await this.#credentialsFor(scopes);
      return credentials !== undefined && 'username' in credentials;
    }
    this.recordAccepted();
    return false;
  }

  /** Records that a request was refused, maybe for the length of its Authorization. @returns true where it should be retried */
  recordTooLong(used: string | undefined): boolean {
    return (
      this.#scheme?.is === 'bearer' && used !== undefined && this.#tokens.recordTooLong(used.slice('Bearer '.length))
    );
  }

  #credentialsFor(scopes: readonly TokenScope[]): Promise<RegistryCredentials | undefined> {
    const [first] = scopes;
    return this.#credentials(first === undefined || first === 'catalog' ? undefined : first.repository);
  }

  /** Credentials are sent there: not in the clear where the registry itself is reached by TLS. */
  #tokenServer(realm: string, service: string | undefined): TokenServer {
    const given = readGivenAddress(realm, this.#origin, this.#origin);
    if ('url' in given) return { realm: given.url, foreign: given.url.origin !== this.#origin.origin, service };
    throw new RegistryError(
      'protocol',
      `could not get a token for ${this.#origin.host}: the realm that it names ${given.refusal}; no account is sent there`,
    );
  }
}
