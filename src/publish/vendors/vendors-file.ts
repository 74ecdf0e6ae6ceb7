import { z } from 'zod';
import { imagePattern } from '../../registry/lists/entry-schema.js';

/** Names of vendors as raas had them: letters and digits, in small letters. */
const vendorName = z.string().regex(/^[a-z0-9]{1,16}$/, { error: 'must be 1 to 16 small letters and digits' });
/** Names of applications as raas had them: at most one slash, behind a namespace of 4 to 30. */
const appName = z.string().regex(/^(?:[a-z0-9_]{4,30}\/)?[a-z0-9_.-]*[a-z0-9][a-z0-9_.-]*$/, {
  error: 'must be [NAMESPACE/]NAME: a namespace of 4 to 30 of a-z, 0-9 and _, a name of a-z, 0-9, -, _ and .',
});
const text = z.string().min(1);
const address = z
  .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
  .regex(/^[^@\s?#]+$/, { error: 'must have no account, "?" or "#"' })
  .transform((url) => url.replace(/\/+$/, ''));

const app = z.strictObject({
  source: text
    .optional()
    .describe('Archive, folder of skopeo, or REGISTRY/REPOSITORY[:TAG]. Default: given to each command'),
  tags: z
    .array(imagePattern)
    .min(1)
    .optional()
    .describe('Tags of the source that are published: names, or patterns `1.*`, `/1\\.\\d+/`. Default: all of them'),
  layout: z.enum(['v1', 'pulp', 'static']).default('pulp').describe('Layout of its objects'),
  name: text.optional().describe('Name that clients pull. Default: that of the application'),
  repository: text.optional().describe('Repository of an archive that has several'),
  mask: z.array(text).default([]).describe('Images of v1 that are had from elsewhere'),
  protected: z
    .boolean()
    .default(false)
    .describe('For clients alone whose certificate covers the address of its content'),
  redirect_version: z.union([z.literal(2), z.literal(3), z.literal(4)]).default(4),
});

const vendor = z.strictObject({
  to: text.describe('`s3://BUCKET[/PREFIX]`, or a folder'),
  url: address
    .optional()
    .describe('Public address of the bucket or folder. Default: that of the bucket at its service'),
  endpoint: address.optional().describe('Address of the S3 service. Default: AWS_ENDPOINT_URL, else AWS'),
  region: text.optional(),
  profile: text.optional().describe('Profile in ~/.aws/credentials and ~/.aws/config'),
  ca: text.optional().describe('Authorities to trust, PEM'),
  access: z.enum(['private', 'public-read', 'public-policy']).default('private').describe('Who may read'),
  cors: z.array(text).optional().describe('Origins of pages whose scripts may read'),
  invalidate: text
    .optional()
    .describe(
      'Command that tells caches what changed: it has the address of each object on standard input, one a line',
    ),
  pull_from: address.optional().describe('Address of what answers clients from the redirect files'),
  apps: z.record(appName, app.nullable()).default({}),
});

/** Content of `vendors.yaml`: who publishes what, and where. It holds no secrets. */
export const vendorsFile = z.strictObject({
  redirects: text.default('redirects').describe('Folder of the redirect files, which are what is published'),
  vendors: z.record(vendorName, vendor),
});

/** Vendor of `vendors.yaml`. */
export type VendorOfFile = z.output<typeof vendor>;
