/** Explanation of a word of a site or an inventory, for people who know Ansible's. */
export interface Explanation {
  /** Places in which it is written: `play`, `task`. */
  readonly at: readonly string[];
  readonly means: string;
  /** Difference to Ansible. */
  readonly ansible?: string;
  /** A piece of YAML. */
  readonly example?: string;
}

export type Explanations = Readonly<Record<string, Explanation>>;
