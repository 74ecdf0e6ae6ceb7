import type { ServiceRoleInputs } from '../../../../../src/service-client/service-types.js';

/** Variable of a role, as a form needs it. */
export interface RoleVariable {
  readonly name: string;
  readonly description: string;
  /** Value where none is given, as text. */
  readonly usual: string | undefined;
  /** Values that it may have; empty: it is free. */
  readonly choices: readonly string[];
  /** False: it is a list or an object, written as JSON. */
  readonly isText: boolean;
  readonly isSecret: boolean;
}

/** Returns the variables of a role by its JSON Schema. */
export function variablesOf({ variables, secrets }: ServiceRoleInputs): RoleVariable[] {
  const { properties } = variables;
  if (!isRecord(properties)) return [];
  return Object.entries(properties).map(([name, schema]) => {
    const { description, default: usual, type, enum: values } = isRecord(schema) ? schema : {};
    const types = Array.isArray(type) ? type : [type];
    return {
      name,
      description: typeof description === 'string' ? description : '',
      usual:
        usual === undefined || usual === '' ? undefined : typeof usual === 'string' ? usual : JSON.stringify(usual),
      choices: Array.isArray(values) ? values.map(String) : type === 'boolean' ? ['true', 'false'] : [],
      isText: !types.includes('array') && !types.includes('object'),
      isSecret: secrets.includes(name),
    };
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
