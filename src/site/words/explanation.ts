/** What a word of a site or an inventory does here, for people who know Ansible's. */
export interface Explanation {
  /** Where it is written: `play`, `task`. */
  readonly at: readonly string[];
  readonly means: string;
  /** What is otherwise than in Ansible. */
  readonly ansible?: string;
  /** A piece of YAML. */
  readonly example?: string;
}

export type Explanations = Readonly<Record<string, Explanation>>;
