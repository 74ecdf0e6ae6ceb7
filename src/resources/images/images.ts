import { defineResource } from '../../model/define-resource.js';
import type { Resource } from '../../model/resource.js';
import { dropFinished } from '../../registry/copy/journal.js';
import type { ImageResult } from '../../registry/copy/sync-report.js';
import { parseDigest } from '../../registry/digest.js';
import { sh } from '../../sh.js';
import { registryRefs } from '../path/registry-refs.js';
import { askHeads, sameOnBothSides, tagPairs } from './ask-heads.js';
import { atRegistries, type ImagesParams, imagesParams, isArchive } from './images-params.js';
import { parseImagesProbe, probeImages } from './images-probe.js';
import { journalOf } from './journal-of.js';
import type { ImagesLook } from './look.js';
import { type ImagesState, planCopies } from './plan-copies.js';

/**
 * Images that a registry has as another has them: missing ones are copied by the controller or by the host itself.
 *
 * @example images({ from: 'registry.example.com', to: 'localhost:5000', list: ['team/web:1.4', { name: 'team/db', semver: '>=2' }] })
 */
export const images = defineResource({
  kind: 'images',
  summary: 'Copy images from one registry to another',
  params: imagesParams,
  create: (given): Resource<ImagesState> => {
    const params = atRegistries(given);
    const pairs = isComparedByHost(params) ? tagPairs(params.list) : undefined;
    // What a copy has just verified is not read once more to see that it has converged.
    let isVerified = false;
    return {
      kind: 'images',
      id: `${params.from} -> ${params.to}`,
      provides: [],
      needs: [
        ...(['service:docker', 'service:docker-registry', 'package:curl'] as const),
        'path:/etc/containers/registries.conf.d/90-provision.conf',
        ...portOf(params.to),
      ],
      reaches: registryRefs(params.to),
      staging: 'skip',
      probeDeadline: 600,
      probe:
        () => sh`${pairs === undefined ? sh`:` : askHeads(params.from, params.to, pairs, params.attachments === 'all')}
${probeImages(params)}`,
      parse: (reply) => {
        const same = pairs === undefined ? undefined : sameOnBothSides(reply.stdout, pairs);
        return { ...parseImagesProbe(reply), look: same === undefined ? undefined : lookUnchanged(same) };
      },
      look: async (state, session) => {
        const given = isVerified ? { ...params, verify: 'copied' as const, repair: false } : params;
        isVerified = false;
        const look = state.look ?? (await (await import('./look.js')).lookAtImages(given, state, session));
        if (!session.check && look.results?.every(({ state }) => state === 'unchanged'))
          await dropFinished(journalOf(params, session.host.name), new Set(look.results.map(repositoryOf)));
        return { ...state, look };
      },
      plan: (state) =>
        planCopies(state, params, () => {
          isVerified = true;
        }),
      result: ({ look }) => ({
        via: look?.route?.via,
        images: (look?.results ?? []).map(({ name, state, digest }) => ({ name, state, digest })),
      }),
    };
  },
});

/**
 * Tells whether two HEADs for each tag are enough to compare. They aren't where the controller is to reach the source, or
 * where more than tags counts.
 */
function isComparedByHost(params: ImagesParams): boolean {
  const { from, via, credentials, limits, trust, prune, verify, repair } = params;
  const more = prune !== undefined || repair || verify === 'present' || verify === 'deep';
  const isPlain = [credentials, limits, trust].every((each) => Object.keys(each).length === 0);
  return !isArchive(from) && via !== 'direct' && !more && isPlain;
}

/** Returns the repository of `team/web:1.4` or `team/web@sha256:…`. */
function repositoryOf({ name }: ImageResult): string {
  return name.replace(/(@.*|:[^/:]*)$/, '');
}

function portOf(registry: string): `port:${string}`[] {
  const port = /:(\d+)$/.exec(registry)?.[1];
  return port === undefined ? [] : [`port:${port}`];
}

/** Returns the look of the controller that the host's own comparison stands in for. */
function lookUnchanged(digests: ReadonlyMap<string, string>): ImagesLook {
  const results = [...digests].map(
    ([name, digest]): ImageResult => ({
      name,
      state: 'unchanged',
      digest: parseDigest(digest),
      bytes: 0,
      mounted: 0,
      requests: 2,
    }),
  );
  const nothing = {
    images: [],
    blobs: [],
    prunes: [],
    notices: [],
    totals: { uploads: 0, mounts: 0, manifests: 0, bytes: 0, requestsForAttachments: 0 },
  };
  return { route: { via: 'target', sourceThroughHost: true, why: 'compared by the host' }, plan: nothing, results };
}
