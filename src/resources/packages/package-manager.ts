import type { Reply } from '../../model/resource.js';
import type { Sh } from '../../sh.js';

/** State of one package of a host. */
export interface PackageState {
  /** Installed version; undefined where the package isn't installed, or only in part. */
  readonly installed: string | undefined;
  /** Newer version that could be installed; known only where the probe was to look for it. */
  readonly newer: string | undefined;
  /** An administrator holds it: it is neither to be changed nor removed. */
  readonly held?: boolean;
  /** Installed package that stands for it: the name is one that others provide. */
  readonly provider?: string | undefined;
}

/** State of the packages of a task. */
export interface PackageStates {
  /** Packages by their wanted names. */
  readonly named: ReadonlyMap<string, PackageState>;
  /** Other packages that would go with the change, as far as the fetched lists tell. */
  readonly wouldGo: readonly string[];
}

/** Wanted state of packages. */
export type Wanted = 'present' | 'absent' | 'latest';

/** Options of a look at packages. */
export interface LookOptions {
  readonly wanted: Wanted;
  readonly recommends: boolean;
}

/** Options of installing packages. */
export interface InstallOptions {
  readonly recommends: boolean;
  /** Fetch the lists of packages first, whether or not all are known. */
  readonly update: boolean;
  /** Seconds to wait while another process works with the packages. */
  readonly lockTimeout: number;
}

/** Package manager: a look at packages, and changes of them. */
export interface PackageManager {
  /**
   * Returns the script that looks at all names at once, at newer versions for `latest`, and at what else would go with a
   * change; it never writes outside /run.
   */
  probe(names: readonly string[], options: LookOptions): Sh;
  parse(reply: Reply, names: readonly string[]): PackageStates;
  /** Returns the script that installs. It ends with an error that names an unknown package, or others that would go. */
  install(names: readonly string[], options: InstallOptions): Sh;
  /** Returns the script that removes; it ends with an error where others would go. */
  remove(names: readonly string[], options: Pick<InstallOptions, 'lockTimeout'>): Sh;
}
