import type { NewServiceRemovals, ServiceRemovals } from '../../../../../src/service-client/service-types.js';
import type { Api } from '../../../kernel/api/api.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';

/** Filter of the tags that are to be deleted. */
export type RemovalFilter = NewServiceRemovals['filter'];

/** Repository whose tags are deleted. */
export interface RemovalPlace {
  readonly registry: string;
  readonly repository: string;
}

/** End of a deletion of many tags. */
export interface RemovalReport {
  readonly deleted: number;
  /** Tags that stayed, with the reason. */
  readonly failed: readonly { readonly tag: string; readonly problem: string }[];
  /** Until when they can be brought back; null: not at all. */
  readonly until: string | null;
}

/** Asks what a filter would delete. @throws ApiError */
export async function previewRemoval(api: Api, place: RemovalPlace, filter: RemovalFilter): Promise<ServiceRemovals> {
  return await request(api, place, { filter, dryRun: true });
}

/**
 * Deletes what a preview has shown, in steps, and says after each how many are gone. Nothing that the preview did not show is
 * deleted. @throws ApiError
 */
export async function carryOutRemoval(
  api: Api,
  place: RemovalPlace,
  filter: RemovalFilter,
  preview: ServiceRemovals,
  onProgress: (deleted: number) => void,
): Promise<RemovalReport> {
  let expected = preview.token;
  let deleted = 0;
  const failed: { tag: string; problem: string }[] = [];
  let until: string | null = null;
  for (;;) {
    const answer = await request(api, place, { filter, dryRun: false, expected });
    const gone = answer.tags.filter(({ outcome }) => outcome === 'deleted').length;
    deleted += gone;
    failed.splice(0);
    for (const { tag, outcome, problem } of answer.tags) {
      if (outcome === 'failed' || outcome === 'changed') failed.push({ tag, problem });
    }
    until = answer.until ?? until;
    expected = answer.token;
    onProgress(deleted);
    if (answer.left === 0 || gone === 0) return { deleted, failed, until };
  }
}

async function request(
  api: Api,
  { registry, repository }: RemovalPlace,
  body: NewServiceRemovals,
): Promise<ServiceRemovals> {
  return await api.send<ServiceRemovals>('POST', repositoryApi(registry, repository, '/removals'), body);
}
