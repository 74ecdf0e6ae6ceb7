import type { GroupRules } from '../map-groups.js';

/** Options of an OpenID provider, complete. */
export interface OidcOptions extends GroupRules {
  readonly issuer: URL;
  readonly clientId: string;
  /** Undefined: a client without a secret. */
  readonly clientSecretFile: string | undefined;
  readonly caFile: string | undefined;
  readonly scopes: string;
  readonly nameClaim: string;
  readonly groupsClaim: string;
  /** Name that pages show for it. */
  readonly title: string;
  readonly creates: boolean;
  /** Milliseconds after its last login from which on an account's access tokens don't count. */
  readonly longestAway: number;
  /** Milliseconds for each answer of the provider. */
  readonly timeout: number;
}
