import type { Block, Skipped, Stage, Task } from '../../model/task.js';
import type { Ending } from '../ending.js';
import type { DueHandler } from '../handlers/handlers.js';
import type { Agenda } from './agenda.js';
import type { Trying } from './tries.js';
import type { WalkParts } from './walk.js';

/** How what was told of ended; `unclear`: what became of a change isn't known, and nothing more is begun on the host. */
export type TurnEnd = 'through' | 'failed' | 'unclear';

/** What a task's end comes from, and what it is told with meanwhile. */
export type Work = (told: {
  readonly index: number;
  readonly line: (text: string) => void;
  readonly retry: Trying['retry'];
}) => Promise<Ending>;

/** Tells of a task from its beginning to its end, counts it, and keeps what it registers. */
export async function tellTurn(
  { agenda, host, teller }: Pick<WalkParts, 'agenda' | 'host' | 'teller'>,
  task: Task | Stage | Skipped | Block,
  work: Work,
  registered?: Ending,
  handler?: DueHandler,
): Promise<TurnEnd> {
  const index = host.nextIndex();
  const told = teller.task(task, index, handler !== undefined);
  const { line, retry } = told;
  const ending = await work({ index, line, retry });
  const forgiven = ending.outcome === 'failed' && !ending.isUnclear ? forgivenBy(task, agenda) : undefined;
  told.end(handler?.fromEarlier ? { ...ending, summary: withCause(ending.summary) } : ending, forgiven);
  if (task.kind !== 'block') host.results.register(task, registered ?? ending);
  if (ending.outcome !== 'failed' || forgiven === 'ignored') return 'through';
  host.results.keepFailure(task, ending);
  return ending.isUnclear ? 'unclear' : 'failed';
}

function forgivenBy(task: Task | Stage | Skipped | Block, agenda: Agenda): 'ignored' | 'rescued' | undefined {
  if ('ignoreErrors' in task && task.ignoreErrors) return 'ignored';
  return agenda.isRescued ? 'rescued' : undefined;
}

function withCause(summary: string): string {
  return `${summary === '' ? '' : `${summary}, `}pending from an earlier run`;
}
