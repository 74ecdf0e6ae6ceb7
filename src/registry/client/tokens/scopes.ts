import { requireRepository } from '../paths.js';

/** Permission that a request needs: actions on repositories (`pull`, `push`, `delete`), or reading the catalogue. */
export type TokenScope = { readonly repository: string; readonly actions: readonly ScopeAction[] } | 'catalog';

export type ScopeAction = 'pull' | 'push' | 'delete';

export const pullScope = (repository: string): TokenScope[] => [{ repository, actions: ['pull'] }];
export const pushScope = (repository: string): TokenScope[] => [{ repository, actions: ['pull', 'push'] }];
export const deleteScope = (repository: string): TokenScope[] => [{ repository, actions: ['pull', 'delete'] }];

/** Writes a scope for a token request (distribution, "Token Scope Documentation"). */
export function scopeText(scope: TokenScope): string {
  if (scope === 'catalog') return 'registry:catalog:*';
  return `repository:${requireRepository(scope.repository)}:${scope.actions.join(',')}`;
}

/** Actions by name, so that scopes can be joined and compared. */
export class ScopeSet {
  readonly #actions = new Map<string, Set<string>>();

  add(scope: TokenScope): void {
    const { name, actions } = parts(scope);
    const known = this.#actions.get(name) ?? new Set();
    for (const action of actions) known.add(action);
    this.#actions.set(name, known);
  }

  covers(scope: TokenScope): boolean {
    const { name, actions } = parts(scope);
    const known = this.#actions.get(name);
    return known !== undefined && actions.every((action) => known.has(action));
  }

  /** Returns the scope of a name with all that was added to it. */
  widen(scope: TokenScope): TokenScope {
    if (scope === 'catalog') return scope;
    const known = this.#actions.get(parts(scope).name) ?? new Set();
    const all = (['pull', 'push', 'delete'] as const).filter(
      (action) => known.has(action) || scope.actions.includes(action),
    );
    return { repository: scope.repository, actions: all };
  }

  *[Symbol.iterator](): Generator<TokenScope> {
    for (const name of this.#actions.keys()) {
      yield name === 'catalog' ? 'catalog' : this.widen({ repository: name.slice('repository:'.length), actions: [] });
    }
  }
}

function parts(scope: TokenScope): { name: string; actions: readonly string[] } {
  return scope === 'catalog'
    ? { name: 'catalog', actions: ['*'] }
    : { name: `repository:${scope.repository}`, actions: scope.actions };
}
