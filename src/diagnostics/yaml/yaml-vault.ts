/** Opener of encrypted parts of YAML files, for their readers. Without one, such files are refused. */
export interface YamlVault {
  /** Opens a vault. A failure is a value: with the line and column, from 0, where the vault itself is wrong. */
  open(sealed: string): Opened;
  /** Returns the value for an opened `!vault` text: it is taken as it is, never rendered as a template. */
  valueOf(text: string): unknown;
  /** Returns the value for an encrypted text that is not opened (`provision inventory` prints it as it is). */
  keepSealed?(sealed: string): unknown;
  /**
   * Returns the value of a text marked `!unsafe`, as in Ansible: never rendered as a template. Without this function,
   * the mark is an error.
   */
  asIs?(text: string): unknown;
  /** Receives the value of a file that was encrypted as a whole. */
  keepSecret(value: unknown): void;
}

/** Result of opening a vault: its text, or the problem. */
export type Opened =
  | { readonly text: string }
  | { readonly problem: string; readonly hint?: string; readonly line?: number; readonly column?: number };
