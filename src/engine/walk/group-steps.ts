import type { Block, Stage } from '../../model/task.js';
import { explainError } from '../explain-error.js';
import { failedEnding } from '../task-ending.js';
import { flattenBlocks } from './block-parts.js';
import { conditionOf, unknownEnding } from './condition.js';
import { reportStep } from './report-step.js';
import type { StepEnd, WalkContext } from './walk-context.js';

/** Enters a block, or reports everything that would have run in it with the ending of its condition. */
export async function blockStep(context: WalkContext, block: Block): Promise<StepEnd> {
  const { agenda, host } = context;
  const condition = conditionOf(block, host.results, agenda.unknownsOf(block));
  if (condition.holds) {
    agenda.enter(block, condition.unknowns);
    return 'done';
  }
  const { ending } = condition;
  if (ending.outcome === 'failed') return reportStep(context, block, async () => ending);
  for (const item of flattenBlocks([block])) {
    if (item.kind !== 'flush') await reportStep(context, item, async () => ending);
  }
  return 'done';
}

/** Puts the tasks of a stage on the agenda; the stage itself is reported only where it gives none. */
export async function stageStep(context: WalkContext, stage: Stage): Promise<StepEnd> {
  const { agenda, host } = context;
  const used = new Set<string>();
  try {
    const items = await stage.tasks(host.results.view(used));
    agenda.splice(stage, items, [...used]);
    return 'done';
  } catch (error) {
    const unknowns = [...agenda.unknownsOf(stage), ...used];
    const { message, hint } = explainError(error);
    return reportStep(context, stage, async () =>
      unknowns.length > 0 ? unknownEnding(unknowns) : failedEnding(message, hint),
    );
  }
}
