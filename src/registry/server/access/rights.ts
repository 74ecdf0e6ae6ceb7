/** Right on repositories; `admin` is one on the server. */
export type Right = 'pull' | 'push' | 'delete' | 'admin';

/** Rule of the file of rights: these accounts have these rights on these repositories. */
export interface AccessRule {
  /** Names; `*`: every account; `anonymous`: everybody, with an account or without. */
  readonly accounts: readonly string[];
  /** Repositories: `team/app`, all below `team/`, or all: `**`. */
  readonly repositories: readonly string[];
  readonly rights: readonly Right[];
}

interface Grant {
  readonly rights: ReadonlySet<Right>;
  readonly repositories: readonly string[];
}

/** Rights of accounts, by rules. Nobody has more than the rules give; without rules every account has all. */
export class Rights {
  readonly #rules: readonly AccessRule[] | undefined;
  readonly #ofAnybody: readonly Grant[];
  readonly #ofAccounts = new Map<string, readonly Grant[]>();

  /** @param anonymousPull everybody may pull, whatever the rules say */
  constructor(rules: readonly AccessRule[] | undefined, anonymousPull: boolean) {
    this.#rules = rules;
    this.#ofAnybody = [
      ...(anonymousPull ? [{ rights: new Set<Right>(['pull']), repositories: ['**'] }] : []),
      ...this.#grants(['anonymous']),
    ];
  }

  /** True where a request without an account may do anything. */
  get admitsAnonymous(): boolean {
    return this.#ofAnybody.length > 0;
  }

  /** Returns true when an account, or `undefined`: whoever has none, has a right on a repository. */
  may(account: string | undefined, right: Right, name: string): boolean {
    if (account !== undefined && this.#rules === undefined) return true;
    const grants = account === undefined ? this.#ofAnybody : this.#grantsOf(account);
    return grants.some(
      ({ rights, repositories }) => rights.has(right) && repositories.some((each) => isOf(name, each)),
    );
  }

  /** Returns true when an account may administer the server; without one nobody may. */
  mayAdminister(account: string | undefined): boolean {
    if (account === undefined) return false;
    return this.#rules === undefined || this.#grantsOf(account).some(({ rights }) => rights.has('admin'));
  }

  #grantsOf(account: string): readonly Grant[] {
    const known = this.#ofAccounts.get(account);
    if (known !== undefined) return known;
    const grants = [...this.#ofAnybody, ...this.#grants([account, '*'])];
    this.#ofAccounts.set(account, grants);
    return grants;
  }

  #grants(names: readonly string[]): Grant[] {
    const rules = (this.#rules ?? []).filter(({ accounts }) => accounts.some((each) => names.includes(each)));
    return rules.map(({ rights, repositories }) => ({ rights: new Set(rights), repositories }));
  }
}

/** Returns true for a repository that a rule means. */
export function isOf(name: string, repositories: string): boolean {
  if (repositories === '**' || repositories === '*') return true;
  return repositories.endsWith('/') ? name.startsWith(repositories) : name === repositories;
}
