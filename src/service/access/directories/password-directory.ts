import type { DirectoryGroup } from './directory-user.js';

/** User of a directory as a search found it. */
export interface DirectoryEntry {
  readonly id: string;
  readonly dn: string;
  readonly name: string;
  readonly fullName: string;
  readonly email: string;
  /** DNs of groups that the entry itself names. */
  readonly memberOf: readonly string[];
}

/** Answer of a directory that was asked for a name. */
export type FoundEntry = DirectoryEntry | 'several' | undefined;

/** Directory that checks passwords. Each method throws {@link DirectoryUnavailable} where it doesn't answer. */
export interface PasswordDirectory {
  /** Finds the user of a name, as it was typed. */
  find(name: string): Promise<FoundEntry>;
  /** Finds a user again by its identifier, whatever its name is by now. */
  findAgain(id: string): Promise<DirectoryEntry | undefined>;
  /** Checks a password. `refused`: the directory won't say, or the account is locked there. */
  checkPassword(entry: DirectoryEntry, password: string): Promise<'right' | 'wrong' | 'refused'>;
  groupsOf(entry: DirectoryEntry): Promise<readonly DirectoryGroup[]>;
  close(): Promise<void>;
}

/** Failure to get an answer from a directory: it says nothing of a password or a user. */
export class DirectoryUnavailable extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'DirectoryUnavailable';
  }
}
