import { z } from 'zod';
import { defineResource } from '../model/define-resource.js';
import type { Resource } from '../model/resource.js';
import { sh } from '../sh.js';

const params = z.strictObject({ msg: z.string().describe('What to say; variables are filled in') });

/**
 * Says something in the report, and does nothing.
 *
 * @example debug({ msg: 'docker pull registry1:5000/team/web:1.4' })
 */
export const debug = defineResource({
  kind: 'debug',
  summary: 'A word in the report',
  params,
  create: ({ msg }): Resource<undefined> => ({
    kind: 'debug',
    id: msg,
    provides: [],
    needs: [],
    staging: 'path',
    probe: () => sh`:`,
    parse: () => undefined,
    plan: () => ({ verdict: 'ok', note: msg }),
    result: () => ({ msg }),
  }),
});
