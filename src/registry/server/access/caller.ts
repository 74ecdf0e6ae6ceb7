import type { Right, Rights } from './rights.js';

/** Sender of a request, as the server knows it. */
export interface Caller {
  /** Undefined: it has no account. */
  readonly account: string | undefined;
  /** Returns true when it has a right on a repository; `**`: on all of them. */
  may(right: Right, name: string): boolean;
  /** Returns true for a repository that the catalogue shows it. */
  lists(name: string): boolean;
  /** Returns true when it may administer the server, which takes an account. */
  mayAdminister(): boolean;
}

/** Caller of a server that has no accounts: everybody may push and pull, and nobody administer. */
export const anybody: Caller = { account: undefined, may: () => true, lists: () => true, mayAdminister: () => false };

/** Returns the caller of an account, or of none. */
export function callerOf(account: string | undefined, rights: Rights): Caller {
  return {
    account,
    may: (right, name) => rights.may(account, right, name),
    lists: (name) => rights.may(account, 'pull', name),
    mayAdminister: () => rights.mayAdminister(account),
  };
}
