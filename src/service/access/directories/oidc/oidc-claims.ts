import { accountNameOf, type DirectoryUser, plainOfDirectory } from '../directory-user.js';
import type { OidcOptions } from './oidc-options.js';

/** Claims of a user, as the provider has them. */
export type OidcClaims = Readonly<Record<string, unknown>>;

const mostGroups = 1000;

/** Makes the user of checked claims. An address counts only where the provider says that it is verified. */
export function userOfClaims(
  issuer: string,
  subject: string,
  claims: OidcClaims,
  { nameClaim, groupsClaim }: Pick<OidcOptions, 'nameClaim' | 'groupsClaim'>,
): DirectoryUser {
  const isVerified = claims.email_verified === true || claims.email_verified === 'true';
  return {
    id: oidcIdentifier(issuer, subject),
    name: accountNameOf(text(claim(claims, nameClaim))),
    fullName: plainOfDirectory(text(claim(claims, 'name')), 200),
    email: isVerified ? plainOfDirectory(text(claim(claims, 'email')), 254) : '',
    groups: groupsOf(claim(claims, groupsClaim)),
  };
}

/** Returns the identifier of a user: a subject is one at its issuer alone. */
export function oidcIdentifier(issuer: string, subject: string): string {
  return `${new URL(issuer).href} ${subject}`;
}

/** Returns true where claims lack what may be asked for at the provider's userinfo endpoint. */
export function lacksClaims(
  claims: OidcClaims,
  { nameClaim, groupsClaim }: Pick<OidcOptions, 'nameClaim' | 'groupsClaim'>,
) {
  return claim(claims, nameClaim) === undefined || claim(claims, groupsClaim) === undefined;
}

/** Returns a claim by its name, or by a path of names: `realm_access.roles`. */
function claim(claims: OidcClaims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function groupsOf(value: unknown): { readonly name: string; readonly dn: string }[] {
  const names = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  return names
    .filter((name) => typeof name === 'string')
    .slice(0, mostGroups)
    .map((name) => ({ name, dn: '' }));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
