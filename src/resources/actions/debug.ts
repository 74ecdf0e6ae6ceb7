import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Resource } from '../../model/resource.js';
import { sh } from '../../sh.js';
import { isMap } from '../../vars/template/template-value.js';

const params = z
  .strictObject({
    msg: z.unknown().optional().describe('What to say; variables are filled in, and what is no text is shown as JSON'),
    var: z.string().min(1).optional().describe('In a site, in place of `msg`: the name of what to show'),
  })
  .refine(({ msg, var: name }) => (msg === undefined) !== (name === undefined), {
    error: 'needs msg or var, and not both',
    path: ['msg'],
  });

/**
 * Says something in the report, and does nothing.
 *
 * @example debug({ msg: 'docker pull registry1:5000/team/web:1.4' })
 */
export const debug = defineResource({
  kind: 'debug',
  summary: 'A word in the report',
  params,
  render: (written, to) => {
    const { var: name, ...others } = written;
    if (typeof name !== 'string') return to.value(written);
    const expression = /\s/.test(name) ? `(${name})` : name;
    const rendered = to.value(others);
    return { ...(isMap(rendered) && rendered), msg: to.value(`${name} = {{json ${expression}}}`, ['var']) };
  },
  create: ({ msg: given, var: name }): Resource<undefined> => {
    const msg = textOf(given ?? name);
    return {
      kind: 'debug',
      id: msg,
      provides: [],
      needs: [],
      staging: 'path',
      probe: () => sh`:`,
      parse: () => undefined,
      plan: () => ({ verdict: 'ok', note: msg }),
      result: () => ({ msg }),
    };
  },
});

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
