import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { Data } from '../../vars/template/template-value.js';
import type { VariableTable } from '../../vars/variables.js';
import { askSecret } from '../terminal/become-password.js';

/**
 * Variables that `--ask` names: their values are asked for once, with echo off, or taken out of the environment
 * (`PROVISION_ASK_REGISTRY_PASSWORD` for `registry_password`). They are secrets, and texts as they are: no templates.
 */
export async function askVariables(names: readonly string[], diagnostics: Diagnostics): Promise<VariableTable> {
  const table = new Map<string, { value: unknown; layer: 'extra'; from: string }>();
  for (const name of new Set(names)) {
    const value = await answerFor(name, diagnostics);
    if (value === undefined) continue;
    currentSecrets().add(value);
    table.set(name, { value: value.includes('{') ? new Data(value) : value, layer: 'extra', from: '--ask' });
  }
  return table;
}

async function answerFor(name: string, diagnostics: Diagnostics): Promise<string | undefined> {
  const mistake = (message: string, hint: string) => {
    diagnostics.add({ code: 'ask', message: `--ask ${name}: ${message}`, hint });
    return undefined;
  };
  if (!/^[A-Za-z_]\w*$/.test(name))
    return mistake('no name of a variable', 'give the name alone; the value is asked for');
  const variable = `PROVISION_ASK_${name.toUpperCase()}`;
  const given = process.env[variable];
  delete process.env[variable];
  if (given !== undefined && given !== '') return given;
  if (!process.stdin.isTTY) return mistake('standard input is not a terminal', `set ${variable} in the environment`);
  const answer = await askSecret(`${name}: `);
  return answer === '' ? mistake('nothing was entered', `or set ${variable} in the environment`) : answer;
}
