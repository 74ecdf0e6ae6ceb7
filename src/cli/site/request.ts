/** Forms of output. */
export const outputs = ['live', 'lines', 'json', 'junit'] as const;
export type OutputForm = (typeof outputs)[number];

/** Values of --rerun. */
export const rerunChoices = ['failed', 'success', 'all'] as const;
/** Hosts of the last run: those that failed, were unreachable or did not finish; the others; all. */
export type Rerun = (typeof rerunChoices)[number];

/** Options of the command line, typed. Nothing below src/cli knows argv. */
export interface ProvisionRequest {
  /** Path of the site file. */
  readonly site: string;
  /** Inventory files and folders; empty: the one beside the site. */
  readonly inventory: readonly string[];
  /** Patterns, joined as one. */
  readonly limit: readonly string[];
  /** Undefined: all hosts. */
  readonly rerun?: Rerun;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** As written: `k=v`, `{…}` or `@file`. */
  readonly extraVars: readonly string[];
  /** Names of variables whose values are entered. */
  readonly ask: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly force: boolean;
  readonly update: boolean;
  readonly dropPending: boolean;
  readonly prune: boolean;
  readonly strict: boolean;
  /** Undefined: the role's variable decides. */
  readonly sync?: boolean;
  /** Name of the task to begin with. */
  readonly startAtTask?: string;
  /** Ask before each task. */
  readonly step: boolean;
  readonly forks: number;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly askBecomePass: boolean;
  /** As written: `[LABEL@]SOURCE`. */
  readonly vaultId: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly askVaultPassword: boolean;
  readonly user?: string;
  readonly privateKey?: string;
  readonly root?: string;
  readonly acceptNew: boolean;
  readonly verbose: number;
  /** Undefined: live on a terminal, else lines. */
  readonly output?: OutputForm;
  /** A file for JUnit's document, beside the other output. */
  readonly junit?: string;
  readonly profile: boolean;
  readonly syntaxCheck: boolean;
  readonly listHosts: boolean;
  readonly listTasks: boolean;
  readonly listTags: boolean;
  /** Undefined: on a terminal, unless NO_COLOR. */
  readonly color?: boolean;
}
