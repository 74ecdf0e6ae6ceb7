import { z } from 'zod';
import {
  attachmentsModes,
  controllerFile,
  imageEntry,
  imagePattern,
  nameOfLoaded,
  registryLimits,
  registryName,
  secret,
} from '../../src/index.js';

const shape = z.object({
  image_sync_upstream: registryName.optional().describe('Registry that images come from: `host` or `host:port`'),
  image_sync_local: registryName.default('localhost:5000').describe('Registry that they go to, as the host reaches it'),
  image_sync_archive: controllerFile(z.string())
    .optional()
    .describe(
      'Instead of an upstream: archive or folder of images on the controller (OCI, docker save, skopeo dir, Pulp)',
    ),
  image_sync_archive_name: nameOfLoaded
    .optional()
    .describe('Name of the only image of the archive, or of the one that has none there: `team/web:1.0`'),
  image_sync_images: z
    .array(imageEntry)
    .default([])
    .describe(
      'Images: `name:tag`, or maps of name, tag, tags, digest, target, platforms, include, exclude, semver, latest, newest, immutable',
    ),
  image_sync_list: controllerFile(z.string())
    .optional()
    .describe("File with more of them: our own list, skopeo sync's, regsync's, what TripleO's tools write"),
  image_sync_template: controllerFile(z.string())
    .optional()
    .describe(
      "Template of TripleO's that ContainerImagePrepare of the list is worked out with; default: that beside it",
    ),
  image_sync_set: z
    .record(
      z.string(),
      z.union([z.string(), z.boolean()], {
        error: 'must be text, in quotes where it could be a number, or true or false',
      }),
    )
    .default({})
    .describe("Substitutions in a template of TripleO's, before those of the list and of its release"),
  image_sync_namespace: z.string().default('').describe('Put before every name: `rhosp13` makes rhosp13/NAME'),
  image_sync_prefix: z.string().default('').describe('Put before the last part of every name: `openstack-`'),
  image_sync_via: z
    .enum(['auto', 'direct', 'target', 'engine'])
    .default('auto')
    .describe(
      'Executor of the copies. `target`: the host, with curl; `direct`: the controller; `engine`: docker or podman of the host pulls, tags and pushes; `auto`: the host where it reaches the upstream, else the controller, and it reports why',
    ),
  image_sync_attachments: z
    .enum(attachmentsModes)
    .default('all')
    .describe(
      'Signatures, attestations and SBOMs: copied, also those that come after the image (`all`); copied with it and looked for no more, which leaves two requests an image where nothing changed (`once`); left (`none`)',
    ),
  image_sync_verify: z
    .enum(['none', 'copied', 'present', 'deep'])
    .default('copied')
    .describe(
      'Verification after a copy: what was copied (`copied`), the whole list (`present`), or its bytes (`deep`)',
    ),
  image_sync_repair: z
    .boolean()
    .default(false)
    .describe(
      'Write all of the list again, and blobs that the registry does not serve, whatever it says it has: for one run, with `-e image_sync_repair=true`',
    ),
  image_sync_prune: z
    .boolean()
    .default(false)
    .describe('Delete tags of the listed repositories that are not in the list'),
  image_sync_protect: z
    .array(
      z.string().superRefine((text, context) => {
        const { error } = imagePattern.safeParse(text);
        for (const { message } of error?.issues ?? []) context.addIssue({ code: 'custom', message });
      }),
    )
    .default([])
    .describe('Tags that stay when pruning: globs, or anchored expressions of RE2 between slashes'),
  image_sync_prune_share: z
    .number()
    .min(0)
    .max(100)
    .default(50)
    .describe("Percent of a repository's tags that may be pruned; more is refused"),
  image_sync_credentials: z
    .record(z.string(), z.strictObject({ username: z.string(), password: secret(z.string()) }))
    .default({})
    .describe('Accounts by `host:port` or `host:port/namespace`; else those of docker and podman on the controller'),
  image_sync_limits: z
    .record(z.string(), registryLimits)
    .default({})
    .describe('Limits of what is asked of registries, by `host:port`; `*` for both'),
  image_sync_chunk_size: z.int().min(1).optional().describe('MiB that an upload sends in one request at most'),
  image_sync_sync: z.boolean().default(true).describe('false: only inspect, as `--no-sync` does'),
  docker_registry_setup_sync: z.boolean().default(true).describe('Alias of `image_sync_sync` (old role)'),
  docker_registry_sync: z.boolean().default(true).describe("Alias of `image_sync_sync` (old role's documentation)"),
});

export const vars = shape.superRefine((given, context) => {
  if (given.image_sync_archive_name !== undefined && given.image_sync_archive === undefined)
    context.addIssue({
      code: 'custom',
      path: ['image_sync_archive_name'],
      message: 'there is no archive: set image_sync_archive, or leave this out',
    });
  if (given.image_sync_via !== 'engine' || given.image_sync_archive !== undefined) return;
  const refuse = (name: keyof typeof given, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const instead = 'with image_sync_via: engine; auto, direct and target can';
  if (['present', 'deep'].includes(given.image_sync_verify))
    refuse('image_sync_verify', `${given.image_sync_verify} cannot be verified ${instead}`);
  if (Object.keys(given.image_sync_limits).length > 0) refuse('image_sync_limits', `limits do not count ${instead}`);
  if (given.image_sync_repair) refuse('image_sync_repair', `nothing is repaired ${instead}`);
  if (given.image_sync_prune) refuse('image_sync_prune', `tags are not deleted ${instead}`);
});
