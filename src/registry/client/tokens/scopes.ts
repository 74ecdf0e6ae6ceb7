import { checkedRepository } from '../paths.js';

/** What a request needs leave for: actions on repositories (`pull`, `push`, `delete`), or reading the catalogue. */
export type Scope = { readonly repository: string; readonly actions: readonly Action[] } | 'catalog';

export type Action = 'pull' | 'push' | 'delete';

export const pull = (repository: string): Scope[] => [{ repository, actions: ['pull'] }];
export const push = (repository: string): Scope[] => [{ repository, actions: ['pull', 'push'] }];
export const erase = (repository: string): Scope[] => [{ repository, actions: ['pull', 'delete'] }];

/** As it stands in a token request (distribution, "Token Scope Documentation"). */
export function scopeText(scope: Scope): string {
  if (scope === 'catalog') return 'registry:catalog:*';
  return `repository:${checkedRepository(scope.repository)}:${scope.actions.join(',')}`;
}

/** Actions by name, so that scopes can be joined and compared. */
export class ScopeSet {
  readonly #actions = new Map<string, Set<string>>();

  add(scope: Scope): void {
    const { name, actions } = parts(scope);
    const known = this.#actions.get(name) ?? new Set();
    for (const action of actions) known.add(action);
    this.#actions.set(name, known);
  }

  covers(scope: Scope): boolean {
    const { name, actions } = parts(scope);
    const known = this.#actions.get(name);
    return known !== undefined && actions.every((action) => known.has(action));
  }

  /** The scope of a name with all that was added to it. */
  widened(scope: Scope): Scope {
    if (scope === 'catalog') return scope;
    const known = this.#actions.get(parts(scope).name) ?? new Set();
    const all = (['pull', 'push', 'delete'] as const).filter(
      (action) => known.has(action) || scope.actions.includes(action),
    );
    return { repository: scope.repository, actions: all };
  }

  *[Symbol.iterator](): Generator<Scope> {
    for (const name of this.#actions.keys()) {
      yield name === 'catalog'
        ? 'catalog'
        : this.widened({ repository: name.slice('repository:'.length), actions: [] });
    }
  }
}

function parts(scope: Scope): { name: string; actions: readonly string[] } {
  return scope === 'catalog'
    ? { name: 'catalog', actions: ['*'] }
    : { name: `repository:${scope.repository}`, actions: scope.actions };
}
