import { z } from 'zod';

/** Keys of regsync that are ignored, with the reason. */
export const ignoredKeys: Readonly<Record<string, string>> = {
  apiOpts: 'what a registry can do is found out',
  backup: 'no copy is kept of what a tag was before',
  blobChunk: 'uploads are cut where a registry asks for it',
  blobLimit: 'blobs of any size are copied',
  blobMax: 'uploads are cut where a registry asks for it',
  cacheCount: 'each blob is fetched once a run',
  cacheTime: 'each blob is fetched once a run',
  credExpire: 'tokens are renewed as they say themselves',
  credHelper: 'helpers are taken from the auth files of docker and podman',
  credHost: 'accounts are found by registry and namespace',
  forceRecursive: 'everything is verified after a sync',
  hooks: 'regsync itself runs none',
  includeExternal: 'layers that registries need not hold stay where they are',
  interval: 'run it from a timer',
  mediaTypes: 'every kind of manifest is copied as it is',
  mirrors: 'each registry is asked itself',
  parallel: 'how much is done at once adapts itself',
  priority: 'each registry is asked itself',
  referrerFilters: 'all referrers are copied, or none',
  referrerSlow: 'referrers are found by the API, or their tag',
  referrerSource: 'referrers come from where the image is',
  referrerTarget: 'referrers go where the image goes',
  repoAuth: 'tokens are requested for each repository always',
  schedule: 'run it from a timer',
  skipDockerConfig: 'accounts of the list come before those of the auth files',
  userAgent: 'requests carry the name of this program',
};

const ignored = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, z.unknown().optional()]));

const syncOptions = {
  ...ignored('backup', 'blobLimit', 'cacheCount', 'cacheTime', 'forceRecursive', 'hooks', 'includeExternal'),
  ...ignored('interval', 'mediaTypes', 'parallel', 'referrerFilters', 'referrerSlow', 'referrerSource'),
  ...ignored('referrerTarget', 'schedule', 'skipDockerConfig', 'userAgent'),
  fastCheck: z.boolean().optional(),
  ratelimit: z.strictObject({ min: z.int().min(0).optional(), retry: z.string().optional() }).optional(),
  digestTags: z.boolean().optional(),
  referrers: z.boolean().optional(),
};

const texts = z.array(z.string()).optional();

const tagFilter = z.strictObject({ allow: texts, deny: texts, semverRange: texts });

/** The YAML of regsync, version 1. */
export const regsyncFile = z.strictObject({
  version: z.literal(1, { error: 'only version 1 is known' }).optional(),
  creds: z
    .array(
      z.strictObject({
        registry: z.string(),
        hostname: z.string().optional(),
        user: z.string().optional(),
        pass: z.string().optional(),
        token: z.string().optional(),
        tls: z.enum(['enabled', 'insecure', 'disabled']).optional(),
        regcert: z.string().optional(),
        clientCert: z.string().optional(),
        clientKey: z.string().optional(),
        pathPrefix: z
          .literal('', { error: 'a prefix for all repositories of a registry is not known here' })
          .optional(),
        ...ignored('apiOpts', 'blobChunk', 'blobMax', 'credExpire', 'credHelper', 'credHost', 'mirrors', 'priority'),
        reqConcurrent: z.int().min(0).optional(),
        reqPerSec: z.number().min(0).optional(),
        ...ignored('repoAuth'),
      }),
    )
    .optional(),
  defaults: z.strictObject(syncOptions).optional(),
  sync: z.array(
    z.strictObject({
      source: z.string(),
      target: z.string(),
      type: z.enum(['registry', 'repository', 'image']),
      tags: tagFilter.optional(),
      tagSets: z.array(tagFilter).optional(),
      repos: z.strictObject({ allow: texts, deny: texts }).optional(),
      platform: z.string().optional(),
      platforms: texts,
      ...syncOptions,
    }),
  ),
});

export type RegsyncFile = z.output<typeof regsyncFile>;
