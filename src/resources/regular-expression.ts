import { z } from 'zod';

/** A regular expression of JavaScript, as text. */
export const regularExpression = z.string().superRefine((pattern, context) => {
  try {
    new RegExp(pattern);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      continue: false,
      message: error instanceof Error ? error.message : String(error),
    });
  }
});
