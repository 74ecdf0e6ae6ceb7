import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { connectionVariables } from '../../inventory/settings/settings.js';
import { type Scope, variableValue } from '../../vars/template/template.js';
import { TemplateError } from '../../vars/template/template-error.js';
import { laterIn } from '../../vars/template/template-value.js';
import type { VariableTable } from '../../vars/variables.js';
import { templateDiagnostic } from '../render/template-diagnostic.js';

/** Renders the variables that say how a host is reached. */
export function renderSettings(
  variables: VariableTable,
  scope: Scope,
  report: (diagnostic: Diagnostic) => void,
): Readonly<Record<string, unknown>> {
  const rendered: Record<string, unknown> = {};
  for (const name of connectionVariables) {
    const variable = variables.get(name);
    if (variable === undefined) continue;
    if (!(name in scope)) {
      rendered[name] = variable.value;
      continue;
    }
    try {
      // A play may have a variable of the name of a setting, which says nothing of how its hosts are reached.
      const own = scope[name] === variable.value ? scope : { ...scope, [name]: variable.value };
      const value = variableValue(name, own);
      if (laterIn(value) === undefined) rendered[name] = value;
      else {
        const message = `${name} says how to reach the host, and cannot depend on its facts`;
        report({ code: 'template', message, ...(variable.place && { place: variable.place }) });
      }
    } catch (error) {
      if (!(error instanceof TemplateError) || variable.place === undefined) throw error;
      report(templateDiagnostic(error, '', variable.place, variables));
    }
  }
  return rendered;
}
