import { renderValue, type Scope } from './template.js';
import { TemplateError, UndefinedName } from './template-error.js';
import { isTruthy, Later } from './template-value.js';

/** Form of a `when`: an expression without braces, true or false, or a list of them that must all hold. */
export type Condition = boolean | string | readonly (boolean | string)[];

/** Tells if a condition holds. @throws TemplateError */
export function evaluateCondition(condition: Condition, scope: Scope): boolean | Later {
  let open: Later | undefined;
  for (const part of [condition].flat()) {
    const value = typeof part === 'string' ? inCondition(part, (template) => renderValue(template, scope)) : part;
    if (value instanceof Later) open ??= value;
    else if (!isTruthy(value)) return false;
  }
  return open ?? true;
}

/**
 * Reads the template whose value a condition is (the condition in braces, or as it is where it has them already), with
 * errors that speak of the condition as it was written.
 */
export function inCondition<Result>(condition: string, read: (template: string) => Result): Result {
  if (/^\s*\{\{[\s\S]*\}\}\s*$/.test(condition)) return read(condition.trim());
  const template = `{{${condition}}}`;
  try {
    return read(template);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.variable !== undefined) throw error;
    const { message, hint } = error.withoutBraces ?? error;
    const details = { hint, ...(error.offset === undefined ? {} : { offset: Math.max(0, error.offset - 2) }) };
    throw error instanceof UndefinedName
      ? new UndefinedName(error.path, message, details)
      : new TemplateError(message, details);
  }
}
