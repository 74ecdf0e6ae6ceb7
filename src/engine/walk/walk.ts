import type { Block, Stage, Task, TaskItem } from '../../model/task.js';
import { type Ending, failedEnding } from '../ending.js';
import { explain } from '../explain.js';
import { FlushRound } from '../handlers/flush-round.js';
import type { DueHandler, Handlers } from '../handlers/handlers.js';
import type { HostTeller } from '../host-teller.js';
import type { HostResults } from '../settle/results.js';
import type { Workman } from '../settle/workman.js';
import type { Agenda } from './agenda.js';
import { flat } from './block-parts.js';
import { conditionOf, unknownBecauseOf } from './condition.js';
import { elsewhere, type RunOnce } from './run-once.js';
import type { Stepper } from './step.js';
import { takeTurn } from './take-turn.js';
import { type TurnEnd, tellTurn, type Work } from './tell-turn.js';

/** What a host needs to walk through a play. */
export interface WalkParts {
  readonly host: { readonly name: string; readonly results: HostResults; nextIndex(): number };
  readonly agenda: Agenda;
  readonly handlers: Handlers;
  readonly workman: Workman;
  /** Who does the tasks that are delegated to other hosts. */
  readonly delegates: { workmanFor(host: string): Workman };
  readonly teller: HostTeller;
  readonly runOnce: RunOnce;
  /** Resources that stay below the staging folder are done, others skipped. */
  readonly staged: boolean;
  /** Whether a task is wanted, where somebody is asked about each. */
  readonly wants: Stepper['wants'] | undefined;
  /** Resolves when the run is interrupted. */
  readonly interrupted: Promise<undefined>;
  /** No new tasks: the run was interrupted, or too many hosts have failed. */
  stopped(): boolean;
}

/** How a host's walk ended. */
export type WalkEnd = 'through' | 'failed' | 'stopped';

type Step = WalkEnd | TurnEnd;

/** Takes a host through its tasks of a play, one after the other, and its handlers where they are due. */
export class Walk {
  readonly #parts: WalkParts;
  readonly #onceSeen = new Map<string, number>();
  #hasBegun = false;

  constructor(parts: WalkParts) {
    this.#parts = parts;
  }

  /** @throws ConnectionError when the link is lost */
  async run(): Promise<WalkEnd> {
    const end = await this.#walk();
    return end === 'unclear' ? 'failed' : end;
  }

  async #walk(): Promise<Step> {
    const { agenda } = this.#parts;
    for (let item = agenda.next(); item !== undefined; item = agenda.next()) {
      if (item === 'failed') return 'failed';
      if (this.#parts.stopped()) return 'stopped';
      this.#hasBegun ||= item.kind !== 'flush' && item.kind !== 'block';
      const end = await this.#take(item);
      if (end === 'failed' && agenda.fail()) continue;
      if (end !== 'through') return end;
    }
    return this.#flush(true);
  }

  async #take(item: TaskItem): Promise<Step> {
    switch (item.kind) {
      case 'task':
        return item.runOnce === true ? this.#once(item) : this.#do(item);
      case 'flush':
        return this.#flush(this.#hasBegun);
      case 'skipped':
        return tellTurn(this.#parts, item, async () => ({ outcome: 'skipped', summary: item.reason }));
      case 'stage':
        return this.#stage(item);
      case 'block':
        return this.#block(item);
    }
  }

  /** Goes into a block, or past it: then all that would have run in it is told of as it is told of the block. */
  async #block(block: Block): Promise<Step> {
    const { agenda, host } = this.#parts;
    const condition = conditionOf(block, host.results, agenda.doubtsOf(block));
    if (condition.holds) {
      agenda.enter(block, condition.doubts);
      return 'through';
    }
    const { ending } = condition;
    if (ending.outcome === 'failed') return tellTurn(this.#parts, block, async () => ending);
    for (const item of flat([block])) {
      if (item.kind !== 'flush') await tellTurn(this.#parts, item, async () => ending);
    }
    return 'through';
  }

  /** What an earlier run left waits until there was something to do: the tasks may well make it due again. */
  async #flush(withEarlier: boolean): Promise<Step> {
    const round = new FlushRound(this.#parts.handlers, withEarlier);
    for (;;) {
      if (this.#parts.stopped()) return 'stopped';
      const handler = round.next();
      if (handler === undefined) return 'through';
      const end = await this.#do(handler.task, { handler, round });
      if (end !== 'through') return end;
    }
  }

  /** A task that the first host of the batch does for all. */
  async #once(task: Task): Promise<Step> {
    const { host, runOnce } = this.#parts;
    const name = `${task.role ?? ''}\0${task.name}`;
    const seen = (this.#onceSeen.get(name) ?? 0) + 1;
    this.#onceSeen.set(name, seen);
    const key = `${name}\0${seen}`;
    const shared = await runOnce.take(key, host.name);
    if (this.#parts.stopped()) return 'stopped';
    if (shared === undefined) return this.#do(task, { share: (ending) => runOnce.share(key, host.name, ending) });
    if (shared.ending.outcome === 'changed') this.#parts.workman.forget();
    return tellTurn(this.#parts, task, async () => elsewhere(shared), shared.ending);
  }

  async #do(task: Task, as: { handler?: DueHandler; round?: FlushRound; share?: (ending: Ending) => void } = {}) {
    const { handlers } = this.#parts;
    const { handler, round, share } = as;
    const work: Work = async (told) => {
      const ending = await takeTurn(this.#parts, { task, ...told, handler, round });
      share?.(ending);
      const acted = ending.outcome === 'changed' || ending.outcome === 'would-change' || ending.outcome === 'unknown';
      const notified = acted && task.changedWhen !== false ? handlers.notifiedBy(task) : { handlers: [] };
      if ('missing' in notified) return ending;
      for (const due of notified.handlers) handlers.makeDue(due, task.name, ending.outcome !== 'unknown');
      return ending;
    };
    return tellTurn(this.#parts, task, work, undefined, handler);
  }

  async #stage(stage: Stage): Promise<Step> {
    const { agenda, host } = this.#parts;
    const used = new Set<string>();
    try {
      const items = await stage.tasks(host.results.view(used));
      agenda.splice(stage, items, [...used]);
      return 'through';
    } catch (error) {
      const doubts = [...agenda.doubtsOf(stage), ...used];
      const { message, hint } = explain(error);
      return tellTurn(this.#parts, stage, async () =>
        doubts.length > 0 ? unknownBecauseOf(doubts) : failedEnding(message, hint),
      );
    }
  }
}
