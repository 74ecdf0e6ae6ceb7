import { ConnectionError } from '../../connection/connection.js';
import { InputError } from '../../diagnostics/diagnostic.js';
import type { Play } from '../../model/play.js';
import { type Ending, failedEnding } from '../ending.js';
import { explain } from '../explain.js';
import type { Records } from '../handlers/pending-records.js';
import { becomeOf } from '../link/become.js';
import type { Turn, Workman } from '../settle/workman.js';
import type { HostRun, Opening } from './host-run.js';
import { makeWorkman } from './make-workman.js';

/** What delegating needs of the host whose tasks they are, its play and the run. */
export interface DelegatesParts {
  readonly host: HostRun;
  /** Does the host's own tasks, and keeps the records of its handlers. */
  readonly workman: Workman;
  readonly records: Records | undefined;
  readonly play: Play;
  readonly run: Omit<Opening, 'check' | 'force' | 'files' | 'connect' | 'reconnectSeconds'> & {
    readonly options: Pick<Opening, 'check' | 'force' | 'files' | 'connect' | 'reconnectSeconds'>;
    delegateOf(name: string): HostRun;
  };
}

/**
 * Does tasks of one host on others. A machine has one connection and one lock in a run, whoever works on it; what
 * several do there is done one after the other, each measured anew. One that can't be reached fails the task.
 */
export class Delegates {
  readonly #parts: DelegatesParts;

  constructor(parts: DelegatesParts) {
    this.#parts = parts;
  }

  workmanFor(name: string): Workman {
    const { host, workman } = this.#parts;
    if (name === host.name) return workman;
    return {
      foresees: workman.foresees,
      settle: (turn) => this.#settle(name, turn),
      forget: () => {},
      owe: (handlers) => workman.owe(handlers),
      withdraw: (handlers) => workman.withdraw(handlers),
      dismiss: (handler, round) => workman.dismiss(handler, round),
    };
  }

  async #settle(name: string, turn: Turn): Promise<Ending> {
    const { workman, run } = this.#parts;
    const other = run.delegateOf(name);
    try {
      const ending = await other.exclusively(() => this.#onOther(other, turn));
      if (ending.outcome === 'changed' || ending.hasActed) {
        other.onForeignChange();
        workman.forget();
      }
      return ending;
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof InputError)) throw error;
      const { message, hint } = explain(error);
      return failedEnding(`delegated to ${name}: ${message}`, hint);
    }
  }

  async #onOther(other: HostRun, turn: Turn): Promise<Ending> {
    const { host, play, records, run } = this.#parts;
    const member = play.hosts.find(({ name }) => name === other.name);
    const settings = member?.settings ?? play.settingsOf?.(other.name);
    if (settings === undefined) throw new Error(`${other.name} is no host of the inventory`);
    const as = becomeOf(play, settings);
    const open = await other.open(settings, as, { ...run.options, ...run });
    if (open === undefined) return failedEnding(`interrupted before ${other.name} was connected`);
    const working = { check: run.options.check, as, peers: play.hosts.length };
    const written = records && elsewhere(records);
    return makeWorkman(other, open, working, written, host).settle({ ...turn, upcoming: () => [] });
  }
}

/** Due handlers are written down on the host whose they are, in a request of their own: a script elsewhere can't. */
function elsewhere(records: Records): Records {
  return {
    scriptFor: () => undefined,
    record: (handlers) => records.record(handlers),
    strikeScript: () => undefined,
    strike: (id) => records.strike(id),
  };
}
