import { z } from 'zod';
import type { RetainedTag } from '../../../../registry/admin/judge-tags.js';
import { listRepositories, placeOfRepository } from '../../../images/lists/list-repositories.js';
import { previewRetention } from '../../../images/removal/preview-retention.js';
import type { StoragePart } from '../../../images/storage-figures.js';
import { notFound } from '../../../problem.js';
import { shownTime } from '../../../schemas/fields.js';
import {
  retentionPreview,
  retentionPreviewBody,
  retentionPreviewQuery,
  storageQuery,
  storageSchema,
} from '../../../schemas/storage.js';
import type { ServiceParts } from '../../../service-parts.js';
import type { ServiceApp } from '../../bare-app.js';
import { linkNext, listPageOf } from '../../page.js';
import { viewerOf } from '../../rights-of.js';

/** Adds the routes of what registries hold: their storage, and what rules of retention would make of it. */
export function addStorageRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { index, registries, storage } = parts;
  const config = { needs: 'administrator' } as const;

  app.get(
    '/api/v1/storage',
    {
      config,
      schema: {
        summary: 'Shows how much registries, prefixes and repositories hold',
        querystring: storageQuery,
        response: { 200: storageSchema },
      },
    },
    async (request) => {
      const { registry, prefix = '', limit } = request.query;
      const { at, ...measured } = await storage.get();
      const isMeant = (each: { readonly registry: string }) => registry === undefined || each.registry === registry;
      const some = (all: readonly StoragePart[]) =>
        all.filter((each) => isMeant(each) && each.name.startsWith(prefix)).slice(0, limit);
      return {
        measuredAt: shownTime(at),
        registries: measured.registries.filter(isMeant),
        prefixes: some(measured.prefixes).map(({ name, ...each }) => ({ ...withShared(each), prefix: name })),
        repositories: some(measured.repositories).map(({ name, ...each }) => ({
          ...withShared(each),
          repository: name,
        })),
      };
    },
  );

  app.post(
    '/api/v1/registries/:registry/retention/preview',
    {
      config: { ...config, reads: true },
      schema: {
        summary: 'Shows which tags rules of retention would keep, and why',
        params: z.strictObject({ registry: z.string().min(1).max(63) }),
        querystring: retentionPreviewQuery,
        body: retentionPreviewBody,
        response: { 200: retentionPreview },
      },
    },
    async (request, reply) => {
      const { registry } = request.params;
      const { limit, after } = request.query;
      const { retention, repository } = request.body;
      if (registries.find(registry) === undefined) throw notFound(`registry ${registry}`);
      const viewer = await viewerOf(parts, request);
      const listing = { limit: limit + 1, after, registry, contains: repository };
      const rows = await listRepositories(index, viewer, listing);
      const meant = rows.filter(({ name }) => repository === undefined || name === repository);
      const judged = [];
      for (const row of meant.slice(0, limit)) judged.push(await previewRetention(index, row, retention));
      const { next } = listPageOf(
        meant,
        limit,
        ({ name }) => name,
        (row) => placeOfRepository(row, 'name'),
      );
      const items = judged.map(({ keep, remove, ...each }) => ({
        ...each,
        keep: keep.map(shownTag),
        remove: remove.map(shownTag),
      }));
      return linkNext(request, reply, { items, next });
    },
  );
}

function withShared<Part extends Pick<StoragePart, 'bytes' | 'uniqueBytes'>>(part: Part) {
  return { ...part, sharedBytes: part.bytes - part.uniqueBytes };
}

function shownTag({ tag, digest, created, why }: RetainedTag) {
  return { tag, digest, createdAt: created ?? null, why };
}
