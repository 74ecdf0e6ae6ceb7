import type { GroupRules } from '../map-groups.js';

/** Server of a directory. */
export interface LdapServer {
  readonly host: string;
  readonly port: number;
  /** Protection of the connection: from the first byte, after StartTLS, or none (this machine alone). */
  readonly tls: 'ldaps' | 'starttls' | 'none';
}

/** Options of a directory of LDAP, complete. */
export interface LdapOptions extends GroupRules {
  /** Servers with the same content, in the order in which they are tried. */
  readonly servers: readonly LdapServer[];
  readonly caFile: string | undefined;
  /** Account that searches; undefined: nobody's. */
  readonly searcher: { readonly dn: string; readonly passwordFile: string } | undefined;
  readonly base: string;
  readonly scope: 'sub' | 'one';
  /** Filter with `{name}` for the name that was typed. */
  readonly userFilter: string;
  readonly attributes: LdapAttributes;
  /** Search for groups; undefined: none is made. */
  readonly groupSearch: LdapGroupSearch | undefined;
  readonly creates: boolean;
  /** Milliseconds to connect, and for each answer. */
  readonly timeout: number;
  /** Passwords that are checked at once. */
  readonly connections: number;
  /** Milliseconds after which an account that is used is looked for again. */
  readonly refreshEvery: number;
}

/** Attributes of a user's entry. */
export interface LdapAttributes {
  readonly name: string;
  readonly fullName: string;
  readonly email: string;
  /** Identifier that never changes. Where an entry has none, its DN counts. */
  readonly id: string;
  /** Attribute with the DNs of the user's groups; undefined: none. */
  readonly memberOf: string | undefined;
}

/** Search for the groups of a user. */
export interface LdapGroupSearch {
  readonly base: string;
  /** Filter with `{dn}` and `{name}` of the user. */
  readonly filter: string;
  readonly nameAttribute: string;
  /** Groups in groups count. */
  readonly nested: boolean;
}
