import { labUp } from './lab/lab.js';

/** Before the lab suites: the hosts are built once, cached, and started. They stay up; `npm run lab:down` takes them away. */
export default async function setup(): Promise<void> {
  await labUp();
}
