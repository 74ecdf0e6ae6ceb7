/** Token server that a registry trusts, by distribution's names (`auth.token`). */
export interface TokenSettings {
  /** URL at which clients ask for tokens. */
  readonly realm: string;
  /** Name of this registry there: the audience (`aud`) of its tokens. */
  readonly service: string;
  /** Name of the token server (`iss`). */
  readonly issuer: string;
  /** File of the certificates whose keys sign tokens, or sign the keys that do, PEM. A change counts within a second. */
  readonly rootcertbundle: string;
}
