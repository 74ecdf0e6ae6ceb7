import type { ServiceRoleInputs } from '../../../../../src/service-client/service-types.js';
import type { ApiProblem } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { CodeText } from '../../../parts/code-text.js';
import { Choice } from '../../../parts/fields/choice.js';
import { errorAt } from '../../../parts/fields/field-errors.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { type RoleVariable, variablesOf } from './role-variables.js';

interface RoleFieldsProps {
  readonly role: ServiceRoleInputs;
  readonly variables: Readonly<Record<string, string>>;
  readonly onVariable: (name: string, text: string) => void;
  readonly secrets: Readonly<Record<string, string>>;
  /** Undefined: secrets cannot be given here. */
  readonly onSecret?: (name: string, text: string) => void;
  readonly problem: ApiProblem | undefined;
  readonly at?: string;
}

/** Fields of what a role takes. Those that stay empty are not sent: the site's values count. */
export function RoleFields({ role, variables, onVariable, secrets, onSecret, problem, at = '' }: RoleFieldsProps) {
  const { t } = usePlace();
  const all = variablesOf(role);
  const given = all.filter(({ name }) => (variables[name] ?? secrets[name] ?? '') !== '').length;
  return (
    <details class="role-fields">
      <summary>
        <strong>{role.name}</strong> <CodeText text={role.summary} /> {given > 0 && t('run.given', { n: given })}
      </summary>
      {all.map((variable) => {
        const { name, isSecret, isText } = variable;
        if (isSecret && isText) {
          if (onSecret === undefined) return null;
          return (
            <TextField
              key={name}
              label={name}
              type="password"
              autocomplete="off"
              value={secrets[name] ?? ''}
              onValue={(text) => onSecret(name, text)}
              hint={variable.description}
              error={errorAt(problem, `${at}/secrets/${name}`)}
            />
          );
        }
        return (
          <VariableField
            key={name}
            variable={variable}
            value={variables[name] ?? ''}
            onValue={(text) => onVariable(name, text)}
            error={errorAt(problem, `${at}/variables/${name}`)}
          />
        );
      })}
    </details>
  );
}

function VariableField({
  variable: { name, description, usual, choices, isText },
  value,
  onValue,
  error,
}: {
  readonly variable: RoleVariable;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}) {
  const { t } = usePlace();
  const parts = [
    ...(description === '' ? [] : [/[.!?]$/.test(description) ? description : `${description}.`]),
    ...(usual === undefined ? [] : [t('run.usual', { value: usual })]),
    ...(choices.length > 0 || isText ? [] : [t('run.json')]),
  ];
  const hint = parts.join(' ');
  if (choices.length > 0) {
    return (
      <Choice
        label={name}
        value={value}
        options={[
          { value: '', label: t('run.as-the-site') },
          ...choices.map((choice) => ({ value: choice, label: choice })),
        ]}
        onValue={onValue}
        hint={hint}
        error={error}
      />
    );
  }
  return <TextField label={name} value={value} onValue={onValue} hint={hint} error={error} rows={isText ? 1 : 2} />;
}
