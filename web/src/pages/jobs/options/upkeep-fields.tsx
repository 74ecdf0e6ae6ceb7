import type { ServiceRegistry } from '../../../../../src/service-client/service-types.js';
import type { ApiProblem } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Check } from '../../../parts/fields/check.js';
import { Choice } from '../../../parts/fields/choice.js';
import { errorAt } from '../../../parts/fields/field-errors.js';

interface UpkeepFieldsProps {
  readonly kind: string;
  readonly registries: readonly ServiceRegistry[];
  readonly registry: string;
  readonly onRegistry: (name: string) => void;
  readonly deleteUntagged: boolean;
  readonly onDeleteUntagged: (isWanted: boolean) => void;
  readonly problem: ApiProblem | undefined;
  readonly at?: string;
}

/** Fields of a job about a registry. */
export function UpkeepFields(props: UpkeepFieldsProps) {
  const { t } = usePlace();
  const { kind, registries, registry, problem, at = '' } = props;
  return (
    <>
      <Choice
        label={t('repository.registry')}
        value={registry}
        options={[
          { value: '', label: '–' },
          ...registries.filter(({ trusted }) => trusted).map(({ name }) => ({ value: name, label: name })),
        ]}
        onValue={props.onRegistry}
        error={errorAt(problem, `${at}/registry`)}
      />
      {kind === 'gc' && (
        <Check
          label={t('gc.untagged')}
          isChecked={props.deleteUntagged}
          onChange={props.onDeleteUntagged}
          hint={t('gc.untagged.hint')}
        />
      )}
    </>
  );
}
