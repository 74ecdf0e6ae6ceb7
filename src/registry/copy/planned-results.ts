import type { ImagePlan, SyncPlan } from '../plan/sync-plan.js';
import type { RegistryError } from '../registry-error.js';
import { imageError } from './apply-plan.js';
import { attachmentResults, uniqueByName } from './attachment-results.js';
import type { ImageResult } from './sync-report.js';

/** Makes the results of a check: the plan for each image. */
export function plannedResults(plan: SyncPlan & { readonly unmatched: readonly ImageResult[] }): ImageResult[] {
  return [
    ...plan.images.map(plannedResult),
    ...uniqueByName(plan.images.flatMap(({ image, lost }) => attachmentResults(image, lost))),
    ...plan.unmatched,
    ...plan.prunes.map(
      ({ repository, tag }): ImageResult => ({
        name: `${repository}:${tag}`,
        state: 'planned',
        planned: 'pruned',
        bytes: 0,
        mounted: 0,
        requests: 0,
      }),
    ),
  ];
}

function plannedResult(plan: ImagePlan): ImageResult {
  const nothing = { name: plan.name, bytes: 0, mounted: 0, requests: 0 };
  switch (plan.state) {
    case 'failed':
      return { ...nothing, state: 'failed', error: imageError(plan.error) };
    case 'unchanged':
      return { ...nothing, state: 'unchanged', digest: plan.digest };
    default:
      return {
        ...nothing,
        state: 'planned',
        planned: plan.state === 'missing' ? 'copied' : 'updated',
        digest: plan.digest,
      };
  }
}

/** Makes the result of an entry that matched nothing. */
export function unmatchedResult(name: string, error: RegistryError): ImageResult {
  return { name, state: 'failed', bytes: 0, mounted: 0, requests: 0, error: imageError(error) };
}
