/** User as a directory knows it, brought into the form of an account. */
export interface DirectoryUser {
  /** Identifier there that outlives a new name. */
  readonly id: string;
  /** Name of the account that is made for it. */
  readonly name: string;
  readonly fullName: string;
  readonly email: string;
  readonly groups: readonly DirectoryGroup[];
}

/** Group as a directory knows it. */
export interface DirectoryGroup {
  readonly name: string;
  /** DN; empty where the directory has none. */
  readonly dn: string;
}

/** Removes what no account has in its texts: control characters, and what is too long. */
export function plainOfDirectory(text: string, most: number): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}]/gu, '').slice(0, most);
}

/** Returns the name of an account for a name of a directory: small letters, and of an address what is before the `@`. */
export function accountNameOf(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/@.*$/s, '').trim();
}
