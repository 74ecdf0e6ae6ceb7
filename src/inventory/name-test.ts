import { compileExpression } from '../patterns/expression.js';
import { type NameTest, shellTest } from '../patterns/wildcards.js';

/**
 * Returns the test that a pattern makes of the name of a host or group: a glob that must fit all of it, or after `~` a
 * regular expression that must fit its beginning. A problem where the expression is none.
 */
export function nameTest(pattern: string): NameTest | { readonly problem: string } {
  if (!pattern.startsWith('~')) return shellTest(pattern);
  const expression = compileExpression(pattern.slice(1));
  return 'problem' in expression ? expression : expression.begins;
}
