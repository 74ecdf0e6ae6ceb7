import type { LookSession } from '../../model/resource.js';
import { Journal } from '../../registry/copy/journal.js';
import { plannedResults } from '../../registry/copy/planned-results.js';
import { planImages } from '../../registry/copy/sync-images.js';
import type { ImageResult } from '../../registry/copy/sync-report.js';
import type { SyncPlan } from '../../registry/plan/sync-plan.js';
import { RegistryError } from '../../registry/registry-error.js';
import { bare, type ImagesParams, type ImagesProbe } from '../images.js';
import { journalOf } from './journal-of.js';
import { chooseRoute, openSide, type Route } from './route.js';

/** What the registries say: what is to be copied and by whom, or why nothing can be said. */
export type ImagesLook =
  | {
      readonly problem: string;
      readonly hint: string | undefined;
      readonly results?: undefined;
      readonly route?: undefined;
    }
  | { readonly route: Route; readonly plan: SyncPlan; readonly results: readonly ImageResult[] };

/** Asks both registries, the target through the host's connection, and plans. Moves nothing. */
export async function lookAtImages(
  params: ImagesParams,
  probe: ImagesProbe,
  session: LookSession,
): Promise<ImagesLook> {
  try {
    const route = await chooseRoute(params, probe, session);
    const source = await openSide(params, probe, params.from, route.sourceThroughHost ? session : undefined);
    const target = await openSide(params, probe, params.to, session);
    try {
      const plan = await planImages({
        wanted: params.list,
        sourceOf: (name) => {
          if (name === undefined || name === bare(params.from)) return source;
          throw new RegistryError('input', `an image of ${name} is in the list of images from ${bare(params.from)}`);
        },
        target,
        attachments: params.attachments,
        ...(params.prune === undefined ? {} : { prune: params.prune }),
        journal: new Journal(journalOf(params, session.host.name)),
      });
      return { route, plan, results: plannedResults(plan) };
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { problem: error.message, hint: error.hint };
  }
}
