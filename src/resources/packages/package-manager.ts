import type { Reply } from '../../model/resource.js';
import type { Sh } from '../../sh.js';

/** State of one package of a host. */
export interface PackageState {
  /** Installed version; undefined where the package isn't installed, or only in part. */
  readonly installed: string | undefined;
  /** Newer version that could be installed; known only where the probe was to look for it. */
  readonly newer: string | undefined;
}

/** Packages by their wanted names. */
export type PackageStates = ReadonlyMap<string, PackageState>;

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
   * Returns the script that looks at all names at once, and where `newer`, for newer versions; it never writes
   * outside /run.
   */
  probe(names: readonly string[], newer: boolean): Sh;
  parse(reply: Reply, names: readonly string[]): PackageStates;
  /** Returns the script that installs; it ends with an error that names an unknown package. */
  install(names: readonly string[], options: InstallOptions): Sh;
  remove(names: readonly string[], options: Pick<InstallOptions, 'lockTimeout'>): Sh;
}
