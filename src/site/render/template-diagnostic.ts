import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { type TemplateError, UndefinedName } from '../../vars/template/template-error.js';
import type { VariableTable } from '../../vars/variables.js';
import { placeWithin } from './place-within.js';

/**
 * Returns the diagnostic of an error in a template: at the very character, in the variable that holds it where the template
 * itself is right.
 */
export function templateDiagnostic(
  error: TemplateError,
  text: string,
  place: Place,
  variables: VariableTable,
): Diagnostic {
  const variable = error.variable === undefined ? undefined : variables.get(error.variable);
  return {
    code: error instanceof UndefinedName ? 'undefined-variable' : 'template',
    message:
      variable === undefined || variable.place !== undefined ? error.message : `${error.message} (${variable.from})`,
    hint: error.hint,
    place: placeOf(error, text, place, variable),
  };
}

function placeOf(
  error: TemplateError,
  text: string,
  place: Place,
  variable: { readonly value: unknown; readonly place?: Place } | undefined,
): Place {
  if (error.variable === undefined) return placeWithin(place, text, error.offset);
  if (variable?.place === undefined) return place;
  return typeof variable.value === 'string'
    ? placeWithin(variable.place, variable.value, error.offset)
    : variable.place;
}
