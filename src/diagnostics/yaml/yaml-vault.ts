/** Opens what stands encrypted in YAML files. Handed to those who read them; without one, such files are refused. */
export interface YamlVault {
  /** What a vault holds. Not being able to is a value: with the line and column, from 0, where the vault itself is wrong. */
  open(sealed: string): Opened;
  /** The value that an opened `!vault` text stands for: taken as it is, never rendered as a template. */
  valueOf(text: string): unknown;
  /** What stands for an encrypted value where it is not to be opened (`provision inventory` prints it as it is). */
  keepSealed?(sealed: string): unknown;
  /** The value of a text marked `!unsafe`, as Ansible has it: never rendered as a template. Without it, the mark is a mistake. */
  asIs?(text: string): unknown;
  /** Told the value of a file that was encrypted as a whole. */
  keepSecret(value: unknown): void;
}

export type Opened =
  | { readonly text: string }
  | { readonly problem: string; readonly hint?: string; readonly line?: number; readonly column?: number };
