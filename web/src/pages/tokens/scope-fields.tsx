import type { NewServiceToken } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { TextField } from '../../parts/fields/text-field.js';
import { ActionChecks } from '../access/grants/action-checks.js';

/** Repositories that a token is narrowed to, and what it may do there. */
export type TokenScope = NonNullable<NewServiceToken['repositories']>[number];

interface ScopeFieldsProps {
  readonly scopes: readonly TokenScope[];
  readonly onScopes: (scopes: readonly TokenScope[]) => void;
  readonly errorAt: (pointer: string) => string | undefined;
}

/** Fields of what a token opens: all that its account may, or some of it. */
export function ScopeFields({ scopes, onScopes, errorAt }: ScopeFieldsProps) {
  const { t } = usePlace();
  const change = (index: number, next: Partial<TokenScope>) =>
    onScopes(scopes.map((scope, at) => (at === index ? { ...scope, ...next } : scope)));
  return (
    <fieldset>
      <legend>{t('tokens.scope')}</legend>
      {scopes.length === 0 && <p>{t('tokens.all')}</p>}
      {scopes.map((scope, index) => (
        <div key={index} class="scope">
          <TextField
            label={t('access.path')}
            name={`path-${index}`}
            value={scope.path}
            onValue={(path) => change(index, { path })}
            hint={t('access.path.hint')}
            error={errorAt(`/repositories/${index}/path`)}
            autocapitalize="none"
            autocomplete="off"
          />
          <ActionChecks
            label={t('tokens.actions')}
            actions={scope.actions}
            onActions={(actions) => change(index, { actions: [...actions] })}
            error={errorAt(`/repositories/${index}/actions`)}
          />
          <button type="button" onClick={() => onScopes(scopes.filter((_, at) => at !== index))}>
            {t('settings.remove')} <span class="visually-hidden">{scope.path}</span>
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onScopes([...scopes, { path: '', actions: ['see', 'pull'] }])}>
        {t(scopes.length === 0 ? 'tokens.narrow' : 'tokens.narrow-more')}
      </button>
    </fieldset>
  );
}
