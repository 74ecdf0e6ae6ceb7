import { InputError } from '../../diagnostics/diagnostic.js';
import { Keyring, PasswordToAsk } from '../../vars/vault/keyring.js';
import { defaultLabel, type PasswordSource, parseVaultId } from '../../vars/vault/password-source.js';
import type { HiddenInput } from './hidden-input.js';

/**
 * Options that give passwords of Ansible Vault. The file or script that PROVISION_VAULT_PASSWORD_FILE or
 * ANSIBLE_VAULT_PASSWORD_FILE names gives another.
 */
export interface VaultPasswordOptions {
  readonly vaultPasswords?: readonly { readonly id?: string; readonly password: string }[];
  /** Files with a password, or scripts that print one. */
  readonly vaultPasswordFiles?: readonly string[];
  /** The same with an id, as `--vault-id` takes them: `[ID@]SOURCE`, where the source may be `prompt`. */
  readonly vaultIds?: readonly string[];
  /** Has the password entered when something is encrypted. */
  readonly askVaultPassword?: boolean;
  /** Hint where something is encrypted and there is no password. */
  readonly vaultHint?: string;
}

/** Makes the keyring of the passwords that options and environment name; no file of them has been read yet. */
export function keyringOf(options: VaultPasswordOptions): Keyring {
  const { vaultPasswords = [], vaultPasswordFiles = [], vaultIds = [], askVaultPassword = false, vaultHint } = options;
  const ofEnvironment = process.env.PROVISION_VAULT_PASSWORD_FILE ?? process.env.ANSIBLE_VAULT_PASSWORD_FILE ?? '';
  const files = ofEnvironment === '' ? vaultPasswordFiles : [...vaultPasswordFiles, ofEnvironment];
  const given = vaultPasswords.map(({ id = defaultLabel, password }) => ({
    source: { label: id, from: 'prompt' } as const,
    password,
  }));
  const sources: PasswordSource[] = [
    ...given.map(({ source }) => source),
    ...vaultIds.map(parseVaultId),
    ...files.map((path): PasswordSource => ({ label: defaultLabel, from: 'file', path })),
    ...(askVaultPassword ? [{ label: defaultLabel, from: 'prompt' } as const] : []),
  ];
  const keyring = new Keyring(sources, vaultHint);
  for (const { source, password } of given) keyring.give(source, password);
  return keyring;
}

/** Does work that opens vaults. Where that needs a password to be entered, asks for it and does the work again. */
export async function withVaultPasswords<Result>(
  keyring: Keyring,
  askSecret: HiddenInput | undefined,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PasswordToAsk)) throw error;
      keyring.give(error.source, await askVaultPassword(questionOf(error.source.label), askSecret));
    }
  }
}

/** Asks for a password, or for a text that is treated as one. @throws InputError where there is nobody to ask */
export async function askVaultPassword(question: string, askSecret: HiddenInput | undefined): Promise<string> {
  if (askSecret !== undefined) return askSecret(question);
  const message = `${question.replace(/: $/, '')} cannot be entered: standard input is not a terminal`;
  const hint = 'give it with --vault-password-file FILE, or set PROVISION_VAULT_PASSWORD_FILE in the environment';
  throw new InputError([{ code: 'vault', message, hint }]);
}

function questionOf(label: string): string {
  return label === defaultLabel ? 'Vault password: ' : `Vault password (${label}): `;
}
