import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Plan, Resource } from '../../model/resource.js';
import { sh } from '../../sh.js';
import { count } from '../../text/count.js';
import { isMap } from '../../vars/template/template-value.js';

const condition = z.union([z.boolean(), z.string()]);

const params = z.strictObject({
  that: z
    .preprocess((value) => (Array.isArray(value) || value === undefined ? value : [value]), z.array(condition).min(1))
    .describe('Conditions, as under `when`; all must hold'),
  fail_msg: z.string().min(1).optional().describe('Message when one does not hold; default: the condition'),
  success_msg: z.string().min(1).optional().describe('Message when all hold'),
});

/**
 * Fails when something isn't as it must be. In a site the conditions are expressions: those that hold become `true`, the
 * others stay as they were written.
 */
export const assert = defineResource({
  kind: 'assert',
  summary: 'Conditions that must hold, or the host fails',
  params,
  render: ({ that, ...others }, to) => {
    const judge = (condition: unknown, path: readonly (string | number)[]) => {
      if (typeof condition !== 'string') return condition;
      const holds = to.condition(condition, path);
      return holds === false ? condition : holds;
    };
    const conditions = Array.isArray(that)
      ? that.map((each: unknown, index) => judge(each, ['that', index]))
      : [judge(that, ['that'])];
    const rendered = to.value(others);
    return { ...(isMap(rendered) && rendered), ...(that !== undefined && { that: conditions }) };
  },
  create: ({ that, fail_msg, success_msg }): Resource<undefined> => {
    const broken = that.filter((each) => each !== true).map((each) => (each === false ? 'false' : each));
    return {
      kind: 'assert',
      id: count(that.length, 'condition'),
      provides: [],
      needs: [],
      staging: 'path',
      probe: () => sh`:`,
      parse: () => undefined,
      plan: (): Plan<undefined> => {
        if (broken.length === 0) return { verdict: 'ok', note: success_msg ?? '' };
        const which = `does not hold: ${broken.join('; ')}`;
        if (fail_msg === undefined) return { verdict: 'refused', message: which };
        return { verdict: 'refused', message: fail_msg, hint: which };
      },
      result: () => ({ msg: broken.length === 0 ? (success_msg ?? '') : (fail_msg ?? '') }),
    };
  },
});
