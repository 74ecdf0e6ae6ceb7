import { z } from 'zod';
import { defineResource } from '../model/define-resource.js';
import type { Resource } from '../model/resource.js';
import { editLine } from './edit-line.js';
import { editParams } from './edit-params.js';
import { type PathState, parsePath } from './path-state.js';
import { planEdit } from './plan-edit.js';
import { probePath } from './probe-path.js';
import { accountNeeds, pathNeeds } from './refs.js';
import { regularExpression } from './regular-expression.js';

const params = z
  .strictObject({
    ...editParams,
    line: z
      .string()
      .refine((line) => !/[\r\n]/.test(line), { error: 'must be one line; several are a `block`' })
      .optional()
      .describe('The line as it should be'),
    regexp: regularExpression.optional().describe('The line that is ours: the last that matches is replaced'),
    state: z.enum(['present', 'absent']).default('present').describe('`absent` removes every line that matches'),
    insert_after: regularExpression
      .optional()
      .describe('Where a new line goes: after the last match; default EOF, the end'),
    insert_before: regularExpression
      .optional()
      .describe('Where a new line goes: before the last match, or BOF, the start'),
  })
  .refine(({ state, line }) => state === 'absent' || line !== undefined, { error: 'line is missing', path: ['line'] })
  .refine(({ line, regexp }) => (line ?? regexp) !== undefined, { error: 'line or regexp is needed', path: ['line'] })
  .refine(({ insert_after, insert_before }) => insert_after === undefined || insert_before === undefined, {
    error: 'insert_after and insert_before exclude each other',
    path: ['insert_before'],
  })
  .refine(({ state, line, regexp }) => state === 'absent' || regexp === undefined || matches(regexp, line ?? ''), {
    error: 'regexp does not match the line itself: every run would look for it in vain',
    path: ['regexp'],
  });

function matches(regexp: string, line: string): boolean {
  return new RegExp(regexp).test(line);
}

/**
 * One line of a file that belongs to others. A line that means something is replaced with force only; comments are
 * replaced, and missing lines added, without.
 *
 * @example line({ path: '/etc/ssh/sshd_config', regexp: '^#?PermitRootLogin', line: 'PermitRootLogin no' })
 */
export const line = defineResource({
  kind: 'line',
  summary: 'One line of a file',
  params,
  create: (params): Resource<PathState> => ({
    kind: 'line',
    id: params.path,
    provides: [`path:${params.path}`],
    needs: [...params.needs, ...pathNeeds(params.path), ...accountNeeds(params.owner, params.group)],
    staging: 'path',
    probe: (host) => {
      const { owner, group } = params;
      return probePath(host.at(params.path), {
        root: host.root,
        owner,
        group,
        content: true,
        unlessLine: params.regexp && params.line,
      });
    },
    parse: (reply, host) => parsePath(reply, host.at(params.path)),
    plan: (state, host) => {
      const { line, regexp, insert_after: insertAfter, insert_before: insertBefore } = params;
      const edit = (text: string) => editLine(text, { line, regexp, state: params.state, insertAfter, insertBefore });
      return planEdit(state, { ...params, path: host.at(params.path), absent: params.state === 'absent', edit }, host);
    },
  }),
});
