import type { ControllerSession } from '../../model/resource.js';
import { isLoopbackHost } from '../../registry/client/tokens/trust.js';
import { type BlobMover, directMover } from '../../registry/copy/blob-mover.js';
import { executePlan } from '../../registry/copy/execute-plan.js';
import { hostMover, movesBeside } from '../../registry/copy/host-mover.js';
import { Journal } from '../../registry/copy/journal.js';
import type { ImageResult } from '../../registry/copy/sync-report.js';
import { limitsAt } from '../../registry/registry-limits.js';
import { type ImagesParams, isArchive } from './images-params.js';
import type { ImagesProbe } from './images-probe.js';
import { journalOf } from './journal-of.js';
import { type ImagesLook, openSource } from './look.js';
import { openSide } from './route.js';
import { sharedSource } from './shared-source.js';

/**
 * Copies the images that the controller's look found missing.
 *
 * @returns the result of each image
 */
export async function copyImages(
  params: ImagesParams,
  probe: ImagesProbe,
  look: Extract<ImagesLook, { readonly plan: unknown }>,
  session: ControllerSession,
): Promise<readonly ImageResult[]> {
  const { route, plan } = look;
  const through = route.sourceThroughHost ? session : undefined;
  const own = () => openSource(params, probe, through);
  const shared =
    route.via === 'direct' && through === undefined && !isArchive(params.from)
      ? await sharedSource(params.from, own)
      : undefined;
  const source = shared?.source ?? (await own());
  const target = await openSide(params, probe, params.to, session);
  const journal = new Journal(journalOf(params, session.host.name));
  const mover =
    route.via === 'target' ? hostMoverFor(params, probe, session) : directMover(shared?.spool, chunkSize(params));
  const toCopy = plan.images.filter(({ state }) => state === 'missing' || state === 'differs').length;
  let done = 0;
  try {
    const results = await executePlan(plan, {
      sourceOf: () => source,
      target,
      mover,
      journal,
      verify: params.verify,
      ended({ state, name }) {
        if (state === 'unchanged') return;
        done += 1;
        session.progress(`${done} of ${toCopy} images: ${name} ${state}`);
      },
    });
    journal.close(results.every(({ state }) => state !== 'failed'));
    return results;
  } finally {
    await Promise.all([shared === undefined ? source.close() : shared.release(), target.close()]);
  }
}

function chunkSize({ chunk_size }: ImagesParams): number | undefined {
  return chunk_size === undefined ? undefined : chunk_size * 2 ** 20;
}

function hostMoverFor(params: ImagesParams, probe: ImagesProbe, session: ControllerSession): BlobMover {
  return hostMover({
    inParts: directMover(undefined, chunkSize(params)),
    largest: chunkSize(params),
    run: (script, options) => session.run(script, options),
    curlOptions(registry) {
      const { bandwidth } = limitsAt(params.limits, registry);
      const rate = bandwidth === undefined ? [] : [`limit-rate = ${Math.ceil(bandwidth / movesBeside)}`];
      const proxy = [...(probe.own.includes(registry) ? ['noproxy = "*"'] : []), ...rate];
      const authority = probe.authorityFiles.get(registry);
      if (authority !== undefined) return [`cacert = "${authority}"`, ...proxy];
      const isAny = params.trust[registry]?.verify === false || probe.insecure.includes(registry);
      return isAny || isLoopbackHost(registry) ? ['insecure', ...proxy] : proxy;
    },
    progress: (line) => session.progress(line),
  });
}
