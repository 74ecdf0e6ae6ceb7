import { InputError } from '../../diagnostics/diagnostic.js';
import type { AskStep, StepAnswer } from '../../engine/walk/stepper.js';
import { taskTitle } from '../../report/text/task-text.js';
import { askLine } from '../terminal/ask-line.js';

/** Refuses to ask where there is no terminal. @throws InputError */
export function needTerminal(): void {
  if (process.stdin.isTTY) return;
  const message = '--step asks before each task, but standard input is not a terminal';
  throw new InputError([{ code: 'step', message, hint: 'use --check to see what would change' }]);
}

/** Asks on the terminal whether a task is to be done. Nothing typed means no; so does an end of the input, and Ctrl-C. */
export function askStep(interrupted: AbortSignal): AskStep {
  return async ({ host, task, handler }) => {
    if (interrupted.aborted) return 'no';
    const title = taskTitle({ host, role: task.role, task: task.name, delegate: task.delegate, handler });
    for (;;) {
      const answer = await askLine(`${title}: (N)o/(y)es/(c)ontinue: `, interrupted);
      const meant = answerOf(answer);
      if (meant !== undefined) return meant;
    }
  };
}

/** Returns the meaning of an answer; undefined for an unknown one. */
export function answerOf(answer: string): StepAnswer | undefined {
  switch (answer.trim().toLowerCase()) {
    case '':
    case 'n':
    case 'no':
      return 'no';
    case 'y':
    case 'yes':
      return 'yes';
    case 'c':
    case 'continue':
      return 'continue';
    default:
      return undefined;
  }
}
