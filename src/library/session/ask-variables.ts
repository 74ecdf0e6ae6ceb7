import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { Data } from '../../vars/template/template-value.js';
import type { VariableTable } from '../../vars/variables.js';
import { takeFromEnvironment } from './environment-secret.js';
import type { HiddenInput } from './hidden-input.js';

/**
 * Asks for the values of variables, once each, or takes them out of the environment (`PROVISION_ASK_REGISTRY_PASSWORD`
 * for `registry_password`). They are secrets, and texts as they are: no templates.
 */
export async function askVariables(
  names: readonly string[],
  askSecret: HiddenInput | undefined,
  diagnostics: Diagnostics,
): Promise<VariableTable> {
  const table = new Map<string, { value: unknown; layer: 'extra'; from: string }>();
  for (const name of new Set(names)) {
    const value = await enteredValue(name, askSecret, diagnostics);
    if (value === undefined) continue;
    currentSecrets().add(value);
    table.set(name, { value: value.includes('{') ? new Data(value) : value, layer: 'extra', from: '--ask' });
  }
  return table;
}

async function enteredValue(
  name: string,
  askSecret: HiddenInput | undefined,
  diagnostics: Diagnostics,
): Promise<string | undefined> {
  const report = (message: string, hint: string) => {
    diagnostics.add({ code: 'ask', message: `--ask ${name}: ${message}`, hint });
    return undefined;
  };
  if (!/^[A-Za-z_]\w*$/.test(name)) return report('no name of a variable', 'give the name alone; its value is entered');
  const variable = `PROVISION_ASK_${name.toUpperCase()}`;
  const given = takeFromEnvironment(variable);
  if (given !== undefined) return given;
  if (askSecret === undefined) return report('standard input is not a terminal', `set ${variable} in the environment`);
  const answer = await askSecret(`${name}: `);
  return answer === '' ? report('nothing was entered', `or set ${variable} in the environment`) : answer;
}
