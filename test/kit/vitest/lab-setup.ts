import { labUp } from '../../lab/lab.js';

/**
 * Before the lab suites: the hosts are built once, cached, and started. They stay up; `npm run lab:down` takes them away.
 * PROVISION_LAB_VM=off leaves the virtual machine out, for a run of suites that don't need it.
 */
export default async function setup(): Promise<void> {
  await labUp({ vm: process.env.PROVISION_LAB_VM !== 'off' });
}
