import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { takeFromEnvironment } from './environment-secret.js';
import type { HiddenInput } from './hidden-input.js';

const variable = 'PROVISION_BECOME_PASSWORD';

/** Options of {@link findBecomePassword}. */
export interface BecomePasswordOptions {
  /** True: the password is entered once for all hosts, where the environment has none. */
  readonly ask: boolean;
  /** Undefined: there is nobody to ask. */
  readonly askSecret: HiddenInput | undefined;
}

/** Returns the password of sudo: that of PROVISION_BECOME_PASSWORD, or one that is entered; undefined for none. */
export async function findBecomePassword(
  { ask, askSecret }: BecomePasswordOptions,
  diagnostics: Diagnostics,
): Promise<string | undefined> {
  const given = takeFromEnvironment(variable);
  if (given !== undefined) return given;
  if (!ask) return undefined;
  if (askSecret !== undefined) return askSecret('BECOME password: ');
  diagnostics.add({
    code: 'become-password',
    message: 'the sudo password cannot be entered: standard input is not a terminal',
    hint: `set ${variable} in the environment instead`,
  });
  return undefined;
}
