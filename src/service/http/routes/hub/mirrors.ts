import { z } from 'zod';
import { isAdministrator } from '../../../access/principal.js';
import { listRepositories } from '../../../images/lists/list-repositories.js';
import { isVisible } from '../../../images/visible-repositories.js';
import { notFound, Problem } from '../../../problem.js';
import { shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import { type mirrorDifference, mirrorQuery, mirrorSchema, registryOfMirror } from '../../../schemas/hub.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { MirrorDifferenceRow } from '../../../store/tables.js';
import { actorOf, senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';
import { page } from '../../page.js';
import { viewerOf } from '../../rights-of.js';

/** Adds the routes of mirrors: how they differ from what they mirror. Each sees the repositories that they may see. */
export function addMirrorRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { hub, audit, index } = parts;
  const { mirrors } = hub;

  app.get(
    '/api/v1/registries/:registry/mirror',
    {
      schema: {
        summary: 'Shows how a mirror differs from what it mirrors',
        params: registryOfMirror,
        querystring: mirrorQuery,
        response: { 200: mirrorSchema },
      },
    },
    async (request, reply) => {
      const { registry } = request.params;
      const { limit, after } = request.query;
      const viewer = await viewerOf(parts, request);
      const sees =
        isAdministrator(senderOf(request)) ||
        (await listRepositories(index, viewer, { limit: 1, registry })).length > 0;
      if (!sees) throw notFound(`mirror ${registry}`);
      const { upstream } = mirrors.get(registry);
      const seen = ({ repository }: { readonly repository: string }) =>
        isVisible(viewer, { registry, name: repository });
      const [look, counts, failures] = await Promise.all([
        mirrors.store.lastLook(registry),
        mirrors.store.counts(registry),
        mirrors.store.failures(registry),
      ]);
      const visible = counts.filter(seen);
      const count = (kind: MirrorDifferenceRow['kind']) =>
        visible.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.count, 0);
      const behind = visible.filter(({ kind }) => kind !== 'extra').map(({ since }) => since);
      const behindSince = behind.length === 0 ? null : Math.min(...behind);
      const rows = await differences(registry, seen, limit + 1, after);
      return {
        ...page(request, reply, rows, limit, shownDifference, ({ repository, tag }) => `${repository} ${tag}`),
        upstream,
        lookedAt: shownTimeOrNull(look?.ended_at ?? null),
        succeededAt: shownTimeOrNull(look?.succeeded_at ?? null),
        error: look?.error ?? '',
        complete: look?.is_partial === 0,
        requests: look?.requests ?? 0,
        behindSince: shownTimeOrNull(behindSince),
        lag: behindSince === null ? null : Math.max(0, Math.floor((Date.now() - behindSince) / 1000)),
        counts: { missing: count('missing'), other: count('other'), extra: count('extra') },
        failures: failures.filter(seen).slice(0, 20),
      };
    },
  );

  app.post(
    '/api/v1/registries/:registry/mirror/look',
    {
      config: { needs: 'administrator' },
      schema: {
        summary: 'Compares a mirror with what it mirrors, now',
        params: registryOfMirror,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { registry } = request.params;
      await mirrors.look(registry);
      await audit.record(actorOf(request), { verb: 'mirror.look', object: registry });
      const error = (await mirrors.store.lastLook(registry))?.error ?? '';
      if (error !== '') throw new Problem('unavailable', error);
      return reply.code(204).send(null);
    },
  );

  async function differences(
    registry: string,
    seen: (row: MirrorDifferenceRow) => boolean,
    limit: number,
    after: string | undefined,
  ): Promise<MirrorDifferenceRow[]> {
    const found: MirrorDifferenceRow[] = [];
    const [repository = '', tag = ''] = after?.split(' ') ?? [];
    for (let last = after === undefined ? undefined : { repository, tag }; found.length < limit; ) {
      const some = await mirrors.store.differences(registry, 500, last);
      found.push(...some.filter(seen));
      last = some.at(-1);
      if (some.length < 500) break;
    }
    return found.slice(0, limit);
  }
}

function shownDifference(row: MirrorDifferenceRow): z.output<typeof mirrorDifference> {
  return {
    repository: row.repository,
    tag: row.tag === '' ? null : row.tag,
    kind: row.kind,
    upstreamDigest: row.upstream_digest,
    digest: row.own_digest,
    since: shownTime(row.since),
  };
}
