import { useState } from 'preact/hooks';
import type { ServiceRoleInputs } from '../../../../../src/service-client/service-types.js';
import type { ApiProblem } from '../../../kernel/api/api.js';
import type { Items } from '../../../kernel/api/items.js';
import { usePlace } from '../../../kernel/place.js';
import { errorAt } from '../../../parts/fields/field-errors.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import { OwnVariables } from './own-variables.js';
import { RoleFields } from './role-fields.js';
import { variablesOf } from './role-variables.js';

type Texts = Readonly<Record<string, string>>;

interface VariableFieldsProps {
  readonly values: Texts;
  readonly onValues: (values: Texts) => void;
  readonly secrets?: Texts;
  /** Undefined: secrets cannot be given here. */
  readonly onSecrets?: (secrets: Texts) => void;
  readonly problem: ApiProblem | undefined;
  readonly at?: string;
}

/** Fields of the variables of a run: those of the site's roles, read when they are asked for, and others by their names. */
export function VariableFields({ values, onValues, secrets = {}, onSecrets, problem, at = '' }: VariableFieldsProps) {
  const { t, api } = usePlace();
  const [roles, setRoles] = useState<readonly ServiceRoleInputs[]>();
  // The site is read for it, which takes seconds.
  const read = useAction(async () => setRoles((await api.get<Items<ServiceRoleInputs>>('/api/v1/site/roles')).items));
  const known = new Set((roles ?? []).flatMap((role) => variablesOf(role).map(({ name }) => name)));
  return (
    <>
      <fieldset>
        <legend>{t('run.variables')}</legend>
        {roles === undefined && (
          <button type="button" disabled={read.isBusy} onClick={() => void read.run()}>
            {t(read.isBusy ? 'run.variables.reading' : 'run.variables.show')}
          </button>
        )}
        <ProblemNote problem={read.problem} />
        {roles?.length === 0 && <p>{t('run.variables.none')}</p>}
        {roles?.map((role) => (
          <RoleFields
            key={role.name}
            role={role}
            variables={values}
            onVariable={(name, text) => onValues({ ...values, [name]: text })}
            secrets={secrets}
            {...(onSecrets === undefined
              ? {}
              : { onSecret: (name: string, text: string) => onSecrets({ ...secrets, [name]: text }) })}
            problem={problem}
            at={at}
          />
        ))}
      </fieldset>
      <OwnVariables
        title={t('run.own')}
        hint={t('run.own.hint')}
        values={values}
        onValues={onValues}
        error={errorAt(problem, `${at}/variables`)}
        without={known}
      />
      {onSecrets !== undefined && (
        <OwnVariables
          title={t('run.secrets')}
          hint={t('run.secrets.hint')}
          values={secrets}
          onValues={onSecrets}
          isSecret
          error={errorAt(problem, '/secrets')}
          without={known}
        />
      )}
    </>
  );
}
