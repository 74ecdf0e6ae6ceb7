import { packagesUp } from '../../lab/machine/packages.js';
import { labAvailability } from './availability.js';

/** Before the tests of the connection: sshd, ssh and busybox are there. Elsewhere those tests say what to install. */
export default async function setup(): Promise<void> {
  if (labAvailability().possible) await packagesUp({ vm: false, engineRuns: false });
}
