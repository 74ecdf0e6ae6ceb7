import type { Reply } from '../../model/resource.js';
import type { Sh } from '../../sh.js';

/** What is known of one package of a host. */
export interface PackageState {
  /** Version that is installed; undefined where it isn't, or only in part. */
  readonly installed: string | undefined;
  /** A newer version that could be installed; known only where it was asked for. */
  readonly newer: string | undefined;
}

/** Packages by the name that was asked for. */
export type PackageStates = ReadonlyMap<string, PackageState>;

/** How packages are installed. */
export interface InstallOptions {
  readonly recommends: boolean;
  /** Fetch the lists of packages first, whether or not all are known. */
  readonly update: boolean;
  /** Seconds to wait for whoever is at work with the packages. */
  readonly lockTimeout: number;
}

/** A package manager: how to ask it, and how to have it act. */
export interface PackageManager {
  /** Asks for all names at once, and where `newer`, for newer versions; never writes outside /run. */
  probe(names: readonly string[], newer: boolean): Sh;
  parse(reply: Reply, names: readonly string[]): PackageStates;
  /** Ends with an error that names the package where one is unknown. */
  install(names: readonly string[], options: InstallOptions): Sh;
  remove(names: readonly string[], options: Pick<InstallOptions, 'lockTimeout'>): Sh;
}
