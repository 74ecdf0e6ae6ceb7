import { z } from 'zod';
import { secret } from '../../../src/index.js';

const bytes = z.int().positive();
const text = z.string().min(1);
const secretText = secret(text);

/** Variables of storage other than a plain folder. Keys are those of the registry's own configuration. */
export const driverVars = {
  registry_filesystem: z
    .strictObject({ maxthreads: z.int().min(25).optional() })
    .optional()
    .describe('Options of the storage folder: `maxthreads`, files that are open at once (100)'),
  registry_s3: z
    .strictObject({
      region: text,
      bucket: text,
      regionendpoint: text.optional(),
      accesskey: text.optional(),
      secretkey: secretText.optional(),
      sessiontoken: secretText.optional(),
      secure: z.boolean().optional(),
      skipverify: z.boolean().optional(),
      v4auth: z.boolean().optional(),
      chunksize: bytes.min(5 * 1024 * 1024, { error: 'must be 5 MiB (5242880) or more' }).optional(),
      multipartcopychunksize: bytes.optional(),
      multipartcopymaxconcurrency: z.int().positive().optional(),
      multipartcopythresholdsize: bytes.optional(),
      rootdirectory: z.string().optional(),
      encrypt: z.boolean().optional(),
      keyid: text.optional(),
      storageclass: text.optional(),
      objectacl: text.optional(),
      useragent: text.optional(),
      forcepathstyle: z.boolean().optional(),
      usedualstack: z.boolean().optional(),
      accelerate: z.boolean().optional(),
      usefipsendpoint: z.boolean().optional(),
      loglevel: text.optional(),
    })
    .optional()
    .describe(
      "Images are stored in a bucket of S3, or of what speaks it (`regionendpoint`). The bucket must exist. Keys as in the registry's configuration",
    ),
  registry_swift: z
    .strictObject({
      authurl: text,
      username: text,
      password: secretText,
      container: text,
      region: text.optional(),
      tenant: text.optional(),
      tenantid: text.optional(),
      domain: text.optional(),
      domainid: text.optional(),
      trustid: text.optional(),
      insecureskipverify: z.boolean().optional(),
      chunksize: bytes.optional(),
      prefix: z.string().optional(),
      secretkey: secretText.optional(),
      accesskey: text.optional(),
      authversion: z.int().optional(),
      endpointtype: text.optional(),
    })
    .optional()
    .describe("Images are stored in OpenStack's Swift (distribution 2.x only)"),
  registry_inmemory: z.boolean().default(false).describe('Store images in memory: they are lost when it stops'),
  registry_redirect_disable: z
    .boolean()
    .optional()
    .describe('true: the registry serves blobs itself, for clients that cannot reach the bucket of a redirect'),
  registry_tag_concurrency: z
    .int()
    .positive()
    .optional()
    .describe('Tags that are read at once when a manifest is deleted (distribution 3.x)'),
};
