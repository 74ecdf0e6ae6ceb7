import type { ControllerSession, LookSession } from '../../model/resource.js';
import type { ArchiveSource } from '../../registry/archive/archive-source.js';
import type { WantedInArchive } from '../../registry/archive/wanted-in.js';
import { Journal } from '../../registry/copy/journal.js';
import { plannedResults } from '../../registry/copy/planned-results.js';
import { planImages } from '../../registry/copy/sync-images.js';
import type { ImageResult } from '../../registry/copy/sync-report.js';
import { prefixedName } from '../../registry/lists/entry-fields.js';
import type { SyncPlan } from '../../registry/plan/sync-plan.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageSource } from '../../registry/source.js';
import { bareRegistry, type ImagesParams, isArchive } from './images-params.js';
import type { ImagesProbe } from './images-probe.js';
import { journalOf } from './journal-of.js';
import { chooseRoute, openSide, type Route } from './route.js';

/** Result of a look at both registries: the images to copy and the route, or the reason why there is no answer. */
export type ImagesLook =
  | {
      readonly problem: string;
      readonly hint: string | undefined;
      readonly results?: undefined;
      readonly route?: undefined;
    }
  | { readonly route: Route; readonly plan: SyncPlan; readonly results: readonly ImageResult[] };

/** Opens the source of images: a registry, or an archive of the controller. */
export async function openSource(
  params: ImagesParams,
  probe: ImagesProbe,
  through: LookSession | ControllerSession | undefined,
  notice?: (line: string) => void,
): Promise<ImageSource | ArchiveSource> {
  if (!isArchive(params.from)) return openSide(params, probe, params.from, through, { notice });
  const { openArchive } = await import('../../registry/archive/open.js');
  return openArchive(params.from);
}

/** Returns the images of the list as the source has them; of an archive all, where none are listed. */
async function wantedFrom(source: ImageSource | ArchiveSource, params: ImagesParams): Promise<WantedInArchive> {
  const { list, as, namespace, prefix } = params;
  if (!('images' in source)) return { wanted: list, notices: [] };
  const { wantedFromArchive, wantedInArchive } = await import('../../registry/archive/wanted-in.js');
  if (list.length > 0) return { wanted: wantedFromArchive(source, list), notices: source.notices };
  const { wanted, notices } = wantedInArchive(source, as, 'image_sync_archive_name:');
  return {
    wanted: wanted.map((entry) => ({
      ...entry,
      target: as === undefined ? prefixedName(entry.target, namespace, prefix) : entry.target,
    })),
    notices: [...source.notices, ...notices],
  };
}

/** Queries both registries, the target through the host's connection, and plans. It copies nothing. */
export async function lookAtImages(
  params: ImagesParams,
  probe: ImagesProbe,
  session: LookSession,
): Promise<ImagesLook> {
  try {
    const route = await chooseRoute(params, probe, session);
    const notices: string[] = [];
    const notice = (line: string) => void notices.push(line);
    const source = await openSource(params, probe, route.sourceThroughHost ? session : undefined, notice);
    const target = await openSide(params, probe, params.to, session, { notice });
    try {
      const wanted = await wantedFrom(source, params);
      notices.push(...wanted.notices);
      const plan = await planImages({
        wanted: wanted.wanted,
        sourceOf: (name) => {
          if (name === undefined || name === bareRegistry(params.from)) return source;
          throw new RegistryError(
            'input',
            `an image of ${name} is in the list of images from ${bareRegistry(params.from)}`,
          );
        },
        target,
        attachments: params.attachments,
        verify: params.verify,
        repair: params.repair,
        ...(params.prune === undefined ? {} : { prune: params.prune }),
        journal: new Journal(journalOf(params, session.host.name)),
      });
      return { route, plan: { ...plan, notices: [...notices, ...plan.notices] }, results: plannedResults(plan) };
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { problem: error.message, hint: error.hint };
  }
}
