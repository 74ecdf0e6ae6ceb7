import type { Facts } from '../../model/facts.js';
import { apt } from './apt.js';
import type { PackageManager } from './package-manager.js';
import { rpmBased } from './rpm-based.js';

/** Returns the package manager of a host, undefined where there is none that is known here. */
export function packageManager(facts: Facts): PackageManager | undefined {
  switch (facts.package_manager) {
    case 'apt':
      return apt;
    case 'dnf':
      return rpmBased('dnf');
    case 'yum':
      return rpmBased('yum');
    case 'none':
      return undefined;
  }
}
