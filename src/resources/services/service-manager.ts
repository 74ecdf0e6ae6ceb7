import type { Reply } from '../../model/resource.js';
import type { Sh } from '../../sh.js';

/** What is known of one service of a host. */
export interface ServiceState {
  readonly exists: boolean;
  /** An administrator has forbidden to start it. */
  readonly masked: boolean;
  readonly active: 'active' | 'activating' | 'inactive' | 'failed';
  /** Undefined where it neither can be enabled nor needs to be: others start it. */
  readonly enabled: boolean | undefined;
  readonly canReload: boolean;
  /** Its unit was changed on disk and not read again since. */
  readonly stale: boolean;
  /** It does its work and ends: being over, successfully, is as good as active. */
  readonly ended: boolean;
}

/** What may be done to a service. */
export type ServiceAction = 'reread' | 'enable' | 'disable' | 'start' | 'stop' | 'restart' | 'reload';

/** A service manager: how to ask it, and how to have it act. */
export interface ServiceManager {
  /** One look at everything; never writes. */
  probe(name: string): Sh;
  /** @throws Error when the manager didn't answer */
  parse(reply: Reply, name: string): ServiceState;
  /** Does these, one after the other; one that fails ends the script with the last lines that the service logged. */
  act(name: string, actions: readonly ServiceAction[]): Sh;
}
