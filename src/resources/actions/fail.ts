import { z } from 'zod';
import { defineResource } from '../../model/define-resource.js';
import type { Resource } from '../../model/resource.js';
import { sh } from '../../sh.js';

const params = z.strictObject({
  msg: z.string().min(1).default('failed as requested').describe('Reason; variables are filled in'),
});

/**
 * Fails, where its condition holds: nothing after it is done on the host.
 *
 * @example fail({ msg: 'there is no disk for images', when: (results) => !results.has('disk') })
 */
export const fail = defineResource({
  kind: 'fail',
  summary: 'End the run for a host, with a reason',
  params,
  create: ({ msg }): Resource<undefined> => ({
    kind: 'fail',
    id: msg,
    provides: [],
    needs: [],
    staging: 'path',
    probe: () => sh`:`,
    parse: () => undefined,
    plan: () => ({ verdict: 'refused', message: msg }),
    result: () => ({ msg }),
  }),
});
