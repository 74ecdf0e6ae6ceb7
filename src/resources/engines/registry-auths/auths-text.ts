import { isRecord } from '../../../model/is-record.js';
import type { EditedText } from '../../content/edit-line.js';
import { JsonError } from '../../files/json/json-text.js';
import { mergeJson } from '../../files/json/merge-json.js';

/** Account by the key that a client looks it up by. */
export interface KeyedAccount {
  readonly key: string;
  readonly username: string;
  readonly password: string;
}

/** Account that is to be removed. */
export interface RemovedAccount {
  readonly key: string;
  /** Only the account of this name; undefined for any. */
  readonly username?: string | undefined;
}

/**
 * Puts accounts into a file of docker's and podman's format. A new password of an account that is there counts as
 * nothing overwritten; another account of the registry does. A text is the error, beginning with its place.
 *
 * @param absent accounts to remove
 */
export function mergeAuths(
  text: string,
  accounts: readonly KeyedAccount[],
  absent: readonly RemovedAccount[] = [],
): EditedText | string {
  try {
    const present = usersByKey(text);
    const renewed = accounts.filter(({ key, username }) => present.get(key) === username);
    const gone = absent.filter(
      ({ key, username }) => present.has(key) && (username === undefined || present.get(key) === username),
    );
    const left = mergeJson(text, { merge: {}, lists: 'replace', remove: gone.map(({ key }) => ['auths', key]) });
    const passwords = merged(left.text, renewed);
    const rest = merged(passwords.text, accounts);
    const summary = [
      gone.length === 0 ? '' : `removed ${gone.map(({ key }) => key).join(', ')}`,
      passwords.summary === '' ? '' : `password renewed: ${renewed.map(({ key }) => key).join(', ')}`,
      rest.summary,
    ];
    return { ...rest, summary: summary.filter((part) => part !== '').join('; ') };
  } catch (error) {
    if (error instanceof JsonError) return `:${error.message}`;
    throw error;
  }
}

function merged(text: string, accounts: readonly KeyedAccount[]): EditedText {
  const auths = accounts.map(({ key, username, password }) => [
    key,
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ]);
  const merge = accounts.length === 0 ? {} : { auths: Object.fromEntries(auths) };
  return mergeJson(text, { merge, lists: 'replace', remove: [] });
}

/** Reads such a file; undefined where it is no JSON object. */
export function documentOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the accounts of a text: the names of users by the keys of registries; undefined where that is not a text. */
export function usersByKey(text: string): ReadonlyMap<string, string | undefined> {
  const auths = documentOf(text)?.auths;
  return new Map(Object.entries(isRecord(auths) ? auths : {}).map(([key, entry]) => [key, usernameIn(entry)]));
}

function usernameIn(entry: unknown): string | undefined {
  const auth = isRecord(entry) ? entry.auth : undefined;
  return typeof auth === 'string' ? Buffer.from(auth, 'base64').toString('utf8').split(':')[0] : undefined;
}
