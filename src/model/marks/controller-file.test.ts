import { expect, test } from 'vitest';
import { z } from 'zod';
import { controllerFile, controllerFilesIn } from './controller-file.js';

test('a check stays with its path through defaults, options and descriptions', () => {
  const check = () => [];
  const of = (inner: z.ZodType, value: unknown) => controllerFilesIn(z.object({ a: inner }), { a: value });
  const marked = controllerFile(z.string().min(1), check);
  expect(of(marked.optional().describe('A file'), 'x')).toEqual([{ at: ['a'], path: 'x', check }]);
  expect(of(marked.describe('A file').default('y'), 'x')).toEqual([{ at: ['a'], path: 'x', check }]);
  expect(of(z.array(marked), ['x'])).toEqual([{ at: ['a', 0], path: 'x', check }]);
  expect(of(controllerFile(z.string()), 'x')).toEqual([{ at: ['a'], path: 'x', check: undefined }]);
});
