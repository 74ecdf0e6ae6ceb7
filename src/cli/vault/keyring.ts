import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { Keyring, PasswordToAsk } from '../../vars/vault/keyring.js';
import { defaultLabel, type PasswordSource, parseVaultId } from '../../vars/vault/password-source.js';
import { askSecret } from '../terminal/become-password.js';

/** What the command line says of vault passwords. */
export interface VaultOptions {
  readonly vaultId: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly askVaultPassword: boolean;
}

/** The passwords that a command line and the environment name; none of them has been read yet. */
export function keyringOf({ vaultId, vaultPasswordFile, askVaultPassword }: VaultOptions): Keyring {
  const given = process.env.PROVISION_VAULT_PASSWORD_FILE ?? process.env.ANSIBLE_VAULT_PASSWORD_FILE ?? '';
  const files = given === '' ? vaultPasswordFile : [...vaultPasswordFile, given];
  const asked: PasswordSource[] = askVaultPassword ? [{ label: defaultLabel, from: 'prompt' }] : [];
  return new Keyring([
    ...vaultId.map(parseVaultId),
    ...files.map((path): PasswordSource => ({ label: defaultLabel, from: 'file', path })),
    ...asked,
  ]);
}

/** The same for the commands that are about vaults alone: where no password is named, it is asked for. */
export function vaultKeyring(options: VaultOptions): Keyring {
  const keyring = keyringOf(options);
  return keyring.sources.length > 0 ? keyring : keyringOf({ ...options, askVaultPassword: true });
}

/** Does work that opens vaults. Where that needs a password of the terminal, it is asked for, and the work done anew. */
export async function withPasswords<Result>(keyring: Keyring, work: () => Promise<Result> | Result): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PasswordToAsk)) throw error;
      keyring.give(error.source, await askPassword(error.source.label));
    }
  }
}

/** Asks for the password of an id. @throws InputError off a terminal */
export async function askPassword(label: string, prompt = promptOf(label)): Promise<string> {
  if (!process.stdin.isTTY) {
    const diagnostics = new Diagnostics();
    diagnostics.add({
      code: 'vault',
      message: `${prompt.replace(/: $/, '')} is to be asked for, but standard input is not a terminal`,
      hint: 'give it with --vault-password-file FILE, or set PROVISION_VAULT_PASSWORD_FILE in the environment',
    });
    diagnostics.throwIfAny();
  }
  return askSecret(prompt);
}

function promptOf(label: string): string {
  return label === defaultLabel ? 'Vault password: ' : `Vault password (${label}): `;
}
