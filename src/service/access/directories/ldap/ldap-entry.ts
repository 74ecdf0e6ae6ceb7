import type { Entry } from 'ldapts';
import { userNameProblem } from '../../accounts/account-names.js';
import { accountNameOf, plainOfDirectory } from '../directory-user.js';
import type { DirectoryEntry } from '../password-directory.js';
import type { LdapAttributes } from './ldap-options.js';

/** Reads a user's entry. */
export function readLdapEntry(entry: Entry, attributes: LdapAttributes): DirectoryEntry {
  const one = (attribute: string, most: number) => plainOfDirectory(textsOf(entry, attribute)[0] ?? '', most);
  return {
    dn: entry.dn,
    id: idOf(entry, attributes.id),
    name: nameOf(textsOf(entry, attributes.name)),
    fullName: one(attributes.fullName, 200),
    email: one(attributes.email, 254),
    memberOf: attributes.memberOf === undefined ? [] : textsOf(entry, attributes.memberOf),
  };
}

/** Returns the texts of an attribute. Servers write its name as their schema does. */
export function textsOf(entry: Entry, attribute: string): string[] {
  return valuesOf(entry, attribute).map((value) => (typeof value === 'string' ? value : value.toString('utf8')));
}

/** Returns the name of a group that only its DN is known of: the value of its first part. */
export function nameOfDn(dn: string): string {
  const value = /^[^=]*=((?:\\.|[^\\,+])*)/s.exec(dn)?.[1] ?? '';
  const bytes: number[] = [];
  for (const [part, hex] of value.matchAll(/\\([0-9A-Fa-f]{2})|\\?./gsu)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(...Buffer.from(part.length > 1 && part.startsWith('\\') ? part.slice(1) : part));
  }
  return Buffer.from(bytes).toString('utf8').trim();
}

/** Returns the name of the account: of several values always the same, one that an account can have before others. */
function nameOf(values: readonly string[]): string {
  const names = values.map(accountNameOf).sort();
  return names.find((name) => userNameProblem(name) === undefined) ?? names[0] ?? '';
}

/** Returns what is kept of an identifier: as it is where it is plain text, else in hex. */
function idOf(entry: Entry, attribute: string): string {
  const [value] = valuesOf(entry, attribute);
  if (value === undefined || value.length === 0) return `dn:${entry.dn}`;
  const bytes = Buffer.from(value as string);
  const text = bytes.toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? `id:${text}` : `hex:${bytes.toString('hex')}`;
}

function valuesOf(entry: Entry, attribute: string): (string | Buffer)[] {
  const wanted = attribute.toLowerCase();
  const key = Object.keys(entry).find((each) => each.toLowerCase() === wanted);
  return key === undefined ? [] : [entry[key] ?? []].flat();
}
