import { z } from 'zod';
import { publicationComparison } from '../jobs/child/child-request.js';
import { time } from '../schemas/fields.js';
import { jobSchema } from '../schemas/jobs.js';

/** Application of a vendor, and what is published of it. */
export const publicationSchema = z
  .object({
    vendor: z.string(),
    app: z.string(),
    name: z.string().describe('Name that clients pull'),
    layout: z.enum(['v1', 'pulp', 'static']),
    source: z.string().nullable().describe('Source of its images; null: the file of vendors names none'),
    store: z.string().describe('Place of its objects: `s3://BUCKET[/PREFIX]`, or a folder'),
    access: z.enum(['private', 'public-read', 'public-policy']),
    url: z.string().nullable().describe('Public address; null: that of the bucket'),
    pullFrom: z.string().nullable().describe('Address of what answers clients from the redirect files'),
    state: z
      .enum(['published', 'unpublished', 'unknown'])
      .describe('`unknown`: its layout has no redirect file, or that cannot be read. A comparison says more'),
    tags: z.array(z.string()).nullable().describe('Tags that the redirect file names; null: it names none'),
    publishedAt: time.nullable().describe('Time at which the redirect file was written'),
    problem: z.string().describe('What is wrong with the redirect file'),
    job: z.string().nullable().describe('Last job about it'),
    jobKind: jobSchema.shape.kind.nullable(),
    jobState: jobSchema.shape.state.nullable(),
    result: jobSchema.shape.result.describe('Result of that job'),
  })
  .meta({ id: 'Publication' });

export const comparisonSchema = publicationComparison.meta({ id: 'PublicationComparison' });
