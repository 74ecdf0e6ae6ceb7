import { reasonOf } from '../../diagnostics/reason.js';
import { decryptSealed } from './cipher.js';
import { type Envelope, readEnvelope } from './envelope.js';
import { defaultLabel, type PasswordSource, readPassword, sourceWords } from './password-source.js';

/** Error where only a password that has to be asked for can open a vault: ask, `give` it, and begin again. */
export class PasswordToAsk extends Error {
  constructor(readonly source: PasswordSource) {
    super(`the vault password of ${source.label} has to be asked for`);
    this.name = 'PasswordToAsk';
  }
}

/** Result of opening a vault. */
export type Unlocked =
  | { readonly bytes: Buffer; readonly label: string | undefined; readonly password: string }
  | { readonly problem: string; readonly hint?: string; readonly line?: number; readonly column?: number };

/**
 * Passwords of vaults by where they come from. A file is read and a script run when a vault is to be opened for the
 * first time, once; so nothing is asked for where nothing is encrypted.
 */
export class Keyring {
  readonly #known = new Map<PasswordSource, string>();
  readonly #broken = new Map<PasswordSource, string>();
  readonly #opened = new Map<string, Unlocked>();

  readonly #hint: string;

  /** @param hint what to do where there is no password */
  constructor(
    readonly sources: readonly PasswordSource[],
    hint = 'give its password with --vault-password-file FILE, --vault-id ID@FILE or --ask-vault-password',
  ) {
    this.#hint = hint;
  }

  /** Sets a password that was asked for. */
  give(source: PasswordSource, password: string): void {
    if (password === '') this.#broken.set(source, 'no password was entered');
    else this.#known.set(source, password);
  }

  /**
   * Opens a vault with the passwords of its id first, then with all others, those to ask for last.
   *
   * @throws PasswordToAsk
   */
  open(text: string): Unlocked {
    const before = this.#opened.get(text);
    if (before !== undefined) return before;
    const envelope = readEnvelope(text);
    const unlocked = 'problem' in envelope ? envelope : this.#tryAll(envelope);
    this.#opened.set(text, unlocked);
    return unlocked;
  }

  /** Returns the password of a source. @throws PasswordToAsk, or Error saying why there is none */
  passwordOf(source: PasswordSource): string {
    const known = this.#known.get(source);
    if (known !== undefined) return known;
    const broken = this.#broken.get(source);
    if (broken !== undefined) throw new Error(broken);
    if (source.from === 'prompt') throw new PasswordToAsk(source);
    try {
      const password = readPassword(source);
      this.#known.set(source, password);
      return password;
    } catch (error) {
      this.#broken.set(source, reasonOf(error));
      throw new Error(reasonOf(error));
    }
  }

  #tryAll({ label, sealed }: Envelope): Unlocked {
    const failures: string[] = [];
    for (const source of this.#inOrder(label)) {
      try {
        const password = this.passwordOf(source);
        const bytes = decryptSealed(sealed, password);
        if (bytes !== undefined) return { bytes, label, password };
      } catch (error) {
        if (error instanceof PasswordToAsk || !(error instanceof Error)) throw error;
        failures.push(`${sourceWords(source)}: ${error.message}`);
      }
    }
    const id = label === undefined ? '' : ` with the id ${label}`;
    if (this.sources.length === 0)
      return { problem: `encrypted${id}, and there is no vault password`, hint: this.#hint };
    const tried = this.#inOrder(label).map(sourceWords).join(', ');
    if (failures.length === this.sources.length) {
      return { problem: `encrypted${id}, and no vault password can be had: ${failures.join('; ')}` };
    }
    return {
      problem: `encrypted${id}, and no vault password opens it; tried ${tried}`,
      hint: failures.length > 0 ? failures.join('; ') : 'wrong password, or the vault has been damaged',
    };
  }

  #inOrder(label: string | undefined): readonly PasswordSource[] {
    const wanted = label ?? defaultLabel;
    const rank = (source: PasswordSource) => (source.label === wanted ? 0 : source.from === 'prompt' ? 2 : 1);
    return this.sources.toSorted((a, b) => rank(a) - rank(b));
  }
}
