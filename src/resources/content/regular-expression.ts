import { z } from 'zod';
import { compileExpression } from '../../patterns/expression.js';

/** Text of a regular expression of RE2's kind, which matches in linear time. */
export const regularExpression = z.string().superRefine((pattern, context) => {
  const expression = compileExpression(pattern);
  if (!('problem' in expression)) return;
  context.addIssue({ code: 'custom', continue: false, message: `must be a regular expression: ${expression.problem}` });
});

/**
 * Returns the test of an expression on a line of a file.
 *
 * @throws Error for a text that {@link regularExpression} refuses
 */
export function lineTest(pattern: string): (line: string) => boolean {
  const expression = compileExpression(pattern);
  if ('problem' in expression) throw new Error(`${pattern} is not a regular expression: ${expression.problem}`);
  return expression.isIn;
}
