import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { vendorHost } from '../../../jobs/add-publication-job.js';
import { notFound } from '../../../problem.js';
import { comparisonSchema, publicationSchema } from '../../../publications/publication-schema.js';
import type { VendorPublication } from '../../../publications/publications.js';
import { shownPublication } from '../../../publications/shown-publication.js';
import type { ServiceParts } from '../../../service-parts.js';
import { senderOf } from '../../admit.js';
import type { ServiceApp } from '../../bare-app.js';

const inPath = z.strictObject({ vendor: z.string().min(1).max(16), app: z.string().min(1).max(300) });

/** Adds the routes of publications: what vendors publish, and how that compares with its sources. They are changed by jobs. */
export function addPublicationRoutes(app: ServiceApp, parts: ServiceParts): void {
  const { jobRights, publications, jobs } = parts;

  app.get(
    '/api/v1/publications',
    {
      schema: {
        summary: 'Lists what vendors publish',
        response: { 200: z.object({ items: z.array(publicationSchema) }) },
      },
    },
    async (request) => {
      const may = await jobRights.of(senderOf(request));
      const vendors = await publications.vendors();
      const last = await jobs.store.lastOfPublications();
      const items = vendors
        .filter(({ vendor }) => may('view', [vendorHost(vendor)]))
        .flatMap((vendor) => vendor.apps.map((each) => ({ vendor, app: each })));
      return { items: items.map((each) => shownPublication(each, last.get(subjectOf(each)))) };
    },
  );

  app.get(
    '/api/v1/publications/:vendor/:app',
    {
      schema: {
        summary: 'Shows what is published of an application',
        params: inPath,
        response: { 200: publicationSchema },
      },
    },
    async (request) => {
      const found = await visible(request, request.params);
      return shownPublication(found, (await jobs.store.lastOfPublications()).get(subjectOf(found)));
    },
  );

  app.get(
    '/api/v1/publications/:vendor/:app/comparison',
    {
      schema: {
        summary: 'Compares source, store and redirect file of an application, as they are now',
        params: inPath,
        response: { 200: comparisonSchema },
      },
    },
    async (request) => await publications.compare(await visible(request, request.params)),
  );

  async function visible(
    request: FastifyRequest,
    { vendor, app: name }: z.output<typeof inPath>,
  ): Promise<VendorPublication> {
    const may = await jobRights.of(senderOf(request));
    if (!may('view', [vendorHost(vendor)])) throw notFound(`publication ${vendor}/${name}`);
    return await publications.require(vendor, name);
  }
}

function subjectOf({ vendor: { vendor }, app: { app } }: VendorPublication): string {
  return `${vendor}/${app}`;
}
