import type { Reply } from '../../model/resource.js';
import type { Sh } from '../../sh.js';

/** State of one service of a host. */
export interface ServiceState {
  readonly exists: boolean;
  /** An administrator has forbidden to start it. */
  readonly masked: boolean;
  readonly active: 'active' | 'activating' | 'inactive' | 'failed';
  /** Undefined where it neither can be enabled nor needs to be: others start it. */
  readonly enabled: boolean | undefined;
  /** It is enabled by way of others, which its unit file does not show. */
  readonly byOthers?: boolean;
  readonly canReload: boolean;
  /** Its unit was changed on disk and not read again since. */
  readonly stale: boolean;
  /** It runs once and ends: a successful end counts as active. */
  readonly ended: boolean;
}

/** Action on a service. */
export type ServiceAction = 'reread' | 'enable' | 'disable' | 'start' | 'stop' | 'restart' | 'reload';

/** Service manager: a look at services, and actions on them. */
export interface ServiceManager {
  /** Returns the script that looks at all of a service's state; it never writes. */
  probe(name: string): Sh;
  /**
   * Reads what the probe printed.
   *
   * @throws Error when the manager didn't answer
   */
  parse(reply: Reply, name: string): ServiceState;
  /**
   * Returns the script that does these actions in order; a failure ends it with the last lines that the service
   * logged.
   */
  act(name: string, actions: readonly ServiceAction[]): Sh;
}
