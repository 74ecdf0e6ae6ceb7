import { useId } from 'preact/hooks';
import type { ServiceExplanation } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';

/** Action on a repository. */
export type RepositoryAction = ServiceExplanation['action'];

/** Actions on repositories, in the order of what they allow. */
export const repositoryActions = ['see', 'pull', 'push', 'delete', 'manage'] as const satisfies RepositoryAction[];

interface ActionChecksProps {
  readonly label: string;
  readonly actions: readonly RepositoryAction[];
  readonly onActions: (actions: readonly RepositoryAction[]) => void;
  readonly error?: string | undefined;
}

/** Fields of actions, any of which may be chosen. */
export function ActionChecks({ label, actions, onActions, error }: ActionChecksProps) {
  const { t } = usePlace();
  const id = useId();
  return (
    <fieldset class="checks" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend>{label}</legend>
      {repositoryActions.map((action) => (
        <label key={action}>
          <input
            type="checkbox"
            name="actions"
            value={action}
            checked={actions.includes(action)}
            onChange={({ currentTarget: { checked } }) =>
              onActions(repositoryActions.filter((each) => (each === action ? checked : actions.includes(each))))
            }
          />{' '}
          {t(`access.action.${action}`)}
        </label>
      ))}
      {error !== undefined && (
        <small id={`${id}-error`} class="field-error">
          {error}
        </small>
      )}
    </fieldset>
  );
}
