import type { z } from 'zod';
import type { BulkPlan, BulkTag } from '../../../images/removal/bulk-removal.js';
import { Problem } from '../../../problem.js';
import { shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import { repositoryInPath } from '../../../schemas/images.js';
import { removalsAnswer, removalsBody } from '../../../schemas/removals.js';
import type { ServiceParts } from '../../../service-parts.js';
import { actorOf, requireAccount } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { requireRepositoryRight } from '../../visible-repository.js';

type Answer = z.output<typeof removalsAnswer>;

/** Tags that an answer lists at most. */
const mostListed = 1000;

/** Adds the route that deletes the tags which a filter names: first it says which, then it deletes just those. */
export function addBulkRemovals(app: ServiceApp, parts: ServiceParts): void {
  const { audit } = parts;
  const { bulk, kept } = parts.removals;
  app.post(
    '/api/v1/registries/:registry/repositories/:repository/removals',
    {
      schema: {
        summary: 'Deletes the tags that a filter names, or says which',
        params: repositoryInPath,
        body: removalsBody,
        response: { 200: removalsAnswer },
      },
    },
    async (request) => {
      const { registry, repository } = request.params;
      const { filter, dryRun, expected, limit, forGood } = request.body;
      const place = await requireRepositoryRight(parts, request, request.params, 'delete');
      const plan = await bulk.plan(place, filter);
      if (dryRun) {
        const until = forGood || kept.duration === 0 ? null : Date.now() + kept.duration;
        return shownPlan(plan, { dryRun, tags: plan.tags, left: plan.tags.length, until });
      }
      if (expected === undefined) {
        const detail = 'is missing: give the token of the preview (dryRun) that was looked at';
        throw new Problem('version-required', `expected ${detail}`, { errors: [{ pointer: '/expected', detail }] });
      }
      const by = requireAccount(request).name;
      const { done, until } = await bulk.carryOut(by, place, filter, { expected, limit, forGood });
      const deleted = done.filter(({ outcome }) => outcome === 'deleted').map(({ tag }) => tag.name);
      const detail = { registry, count: deleted.length, tags: deleted.slice(0, 50) };
      await audit.record(actorOf(request), { verb: 'tags.delete', object: repository, detail });
      const left = await bulk.plan(place, filter);
      return shownPlan({ ...plan, token: left.token }, { dryRun, tags: done, left: left.tags.length, until });
    },
  );
}

function shownPlan(
  plan: BulkPlan,
  {
    dryRun,
    tags,
    left,
    until,
  }: {
    readonly dryRun: boolean;
    readonly tags: readonly BulkTag[];
    readonly left: number;
    readonly until: number | null;
  },
): Answer {
  return {
    dryRun,
    tags: tags.slice(0, mostListed).map(({ tag, siblings, imageGoes, outcome, problem }) => ({
      tag: tag.name,
      digest: tag.digest,
      pushedAt: shownTime(tag.pushed_at),
      pulledAt: shownTimeOrNull(tag.pulled_at),
      siblings,
      imageGoes,
      outcome,
      problem,
    })),
    count: plan.tags.length,
    images: plan.images.length,
    bytes: plan.bytes,
    token: plan.token,
    left,
    until: shownTimeOrNull(until),
  };
}
