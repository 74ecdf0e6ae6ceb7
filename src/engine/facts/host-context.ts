import { posix } from 'node:path';
import type { Facts } from '../../model/facts.js';
import type { ControllerFiles, HostContext } from '../../model/resource.js';

/** What resources and roles may know of a host, made once a host and run. */
export function hostContext(of: {
  readonly name: string;
  readonly address: string;
  readonly facts: Facts;
  readonly root: string;
  readonly force: boolean;
  readonly files: ControllerFiles;
}): HostContext {
  return { ...of, at: (path) => (of.root === '' ? path : posix.join(of.root, path)) };
}
