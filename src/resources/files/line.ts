import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import { type EditedText, editLine } from '../content/edit-line.js';
import { editedFile } from '../content/edited-file.js';
import { editParams } from '../content/file-params.js';
import { lineTest, regularExpression } from '../content/regular-expression.js';

const params = z
  .strictObject({
    ...editParams,
    line: z
      .string()
      .refine((line) => !/[\r\n]/.test(line), { error: 'must be one line; several are a `block`' })
      .optional()
      .describe('Line as it should be'),
    regexp: regularExpression
      .optional()
      .describe('Regular expression of the line to replace: the last that matches is'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent` removes every line that matches'),
    insert_after: regularExpression
      .optional()
      .describe('Regular expression of the line after which a new line is added; default EOF, the end'),
    insert_before: regularExpression
      .optional()
      .describe('Regular expression of the line before which a new line is added, or BOF, the start'),
  })
  .refine(({ state, line }) => state === 'absent' || line !== undefined, { error: 'line is missing', path: ['line'] })
  .refine(({ line, regexp }) => (line ?? regexp) !== undefined, { error: 'needs line or regexp', path: ['line'] })
  .refine(({ insert_after, insert_before }) => insert_after === undefined || insert_before === undefined, {
    error: 'insert_after and insert_before cannot be used together',
    path: ['insert_before'],
  })
  .refine(({ state, line, regexp }) => state === 'absent' || regexp === undefined || lineTest(regexp)(line ?? ''), {
    error: 'regexp does not match the line itself, so no later run would find it',
    path: ['regexp'],
  });

type Params = z.output<typeof params>;

/**
 * Line of a file that belongs to others. A line of configuration is replaced with force only. Comments are replaced,
 * and missing lines added, without it.
 *
 * @example line({ path: '/etc/ssh/sshd_config', regexp: '^#?PermitRootLogin', line: 'PermitRootLogin no' })
 */
export const line = defineResource({
  kind: 'line',
  summary: 'One line of a file',
  params,
  create: (params) => {
    const { line, regexp, state } = params;
    return editedFile('line', params, {
      absent: state === 'absent',
      edit: (text) => edit(text, params),
      entries: [entryName(params)],
      unlessLine: regexp && line,
    });
  },
});

function edit(text: string, params: Params): EditedText {
  const { path, line, regexp, state, insert_after: insertAfter, insert_before: insertBefore, backup } = params;
  const { effect, ...edited } = editLine(text, { line, regexp, state, insertAfter, insertBefore });
  const removal = { kind: 'line', params: { path, line, state: 'absent', backup }, notifies: true };
  const entry = { name: entryName(params), removal };
  return { ...edited, adds: effect === 'added' ? [entry] : [], updates: effect === 'replaced' ? [entry] : [] };
}

/** Returns the name of the line in the records of a host: the same when the site gives it another value. */
function entryName({ line, regexp }: Params): string {
  return regexp === undefined ? `line ${line}` : `line matching ${regexp}`;
}
