import { z } from 'zod';
import { notFound } from '../../../problem.js';
import { shownTime, shownTimeOrNull } from '../../../schemas/fields.js';
import { type replicaMember, replicasSchema } from '../../../schemas/replicas.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ReplicaMemberRow } from '../../../store/tables.js';
import { senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';

type Shown = z.output<typeof replicaMember>;

/** Adds the route of a registry's hosts, compared with each other. */
export function addReplicaRoute(app: ServiceApp, { registries, replicas, jobRights }: ServiceParts): void {
  const query = z.strictObject({
    limit: z.coerce.number().int().min(0).max(1000).default(50).describe('Tags that are named of each host'),
  });
  app.get(
    '/api/v1/registries/:registry/replicas',
    {
      schema: {
        summary: 'Shows the hosts of a registry that has several, and what replicas have not as the writer has it',
        params: z.strictObject({ registry: z.string().min(1).max(63) }),
        querystring: query,
        response: { 200: replicasSchema },
      },
    },
    async (request) => {
      const { registry } = request.params;
      const may = await jobRights.of(senderOf(request));
      const members = may('view', ['*']) ? registries.find(registry)?.members : undefined;
      if (members === undefined) throw notFound(`registry ${registry} of several hosts`);
      const rows = new Map((await replicas.members(registry)).map((row) => [row.host, row]));
      const now = Date.now();
      const shown: Shown[] = [];
      for (const host of [members.writer, ...members.replicas]) {
        const role = host === members.writer ? 'writer' : 'replica';
        const tags = role === 'writer' ? [] : await replicas.tags(registry, host, request.query.limit);
        shown.push({ ...shownMember(rows.get(host), now), host, role, tags: tags.map(shownTag) });
      }
      const copies = shown.filter(({ role }) => role === 'replica');
      const states = new Set(copies.map(({ state }) => state));
      const state: Shown['state'] = states.has('differ') ? 'differ' : states.has('unknown') ? 'unknown' : 'agree';
      const isAway = shown.some((each) => each.role === 'writer' && each.state === 'unknown');
      const own = isAway
        ? shown.filter(({ role }) => role === 'writer')
        : copies.filter((each) => each.state === state);
      const looks = copies.flatMap(({ lookedAt }) => lookedAt ?? []);
      return {
        registry,
        state: isAway ? 'unknown' : state,
        since: firstOf(own.flatMap(({ since }) => since ?? [])),
        lookedAt: looks.length === copies.length ? firstOf(looks) : null,
        complete: copies.every(({ host }) => rows.get(host)?.is_complete === 1),
        members: shown,
      };
    },
  );
}

function firstOf(times: readonly string[]): string | null {
  return times.toSorted()[0] ?? null;
}

function shownTag({ repository, tag, problem, wanted, found }: Shown['tags'][number]): Shown['tags'][number] {
  return { repository, tag, problem, wanted, found };
}

/** @param row undefined: it was never looked at */
function shownMember(row: ReplicaMemberRow | undefined, now: number): Omit<Shown, 'host' | 'role' | 'tags'> {
  if (row === undefined) {
    return {
      ...{ reachable: null, error: '', lookedAt: null, state: 'unknown', since: null, lagSeconds: null },
      ...{ missing: 0, other: 0, extra: 0 },
    };
  }
  const { state, error, missing, other, extra, lag_since: lagSince } = row;
  const lag = lagSince === null ? null : Math.max(0, Math.round((now - lagSince) / 1000));
  return {
    ...{ state, error, missing, other, extra },
    reachable: row.is_reachable === 1,
    lookedAt: shownTimeOrNull(row.looked_at),
    since: shownTime(row.since),
    lagSeconds: state === 'agree' ? 0 : lag,
  };
}
