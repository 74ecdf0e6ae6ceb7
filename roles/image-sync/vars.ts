import { z } from 'zod';

/** `[host[:port]]` as it stands at the head of an image's name. */
const registry = z.string().regex(/^[A-Za-z0-9.-]+(:\d+)?$|^\[[0-9a-fA-F:]+\](:\d+)?$/, {
  error: 'must be host or host:port, without http:// and without a path',
});

/** Path of a repository, by the OCI distribution specification ("Pulling manifests"). */
const repository = z.string().regex(/^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/, {
  error: 'must be the path of a repository in small letters, without registry and tag',
});

const tag = z.string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/, {
  error: 'must be a tag: letters, digits, "_", "." and "-", at most 128',
});

const entry = z.union([
  z
    .string()
    .regex(/^[^:]+(:[^:]+)?$/, { error: 'must be name or name:tag' })
    .transform((text) => {
      const [name = '', its = 'latest'] = text.split(':');
      return { name, tag: its };
    })
    .pipe(z.strictObject({ name: repository, tag })),
  z.strictObject({
    name: repository.describe('Repository upstream'),
    tag: z.union([tag, z.number().transform(String)]).default('latest'),
    target: repository.optional().describe('Repository in the local registry; the same as upstream unless told'),
  }),
]);

export const vars = z.object({
  image_sync_upstream: registry.optional().describe('Registry that images come from: `host` or `host:port`'),
  image_sync_local: registry.default('localhost:5000').describe('Registry that they go to, as the host reaches it'),
  image_sync_images: z.array(entry).default([]).describe('Images: `name:tag`, or name, tag and optionally target'),
  image_sync_namespace: z.string().default('').describe('Put before every name: `rhosp13` makes rhosp13/NAME'),
  image_sync_prefix: z.string().default('').describe('Put before the last part of every name: `openstack-`'),
  image_sync_via: z
    .enum(['auto', 'engine'])
    .default('auto')
    .describe(
      "Who moves the images. `engine`: the host's docker pulls, tags and pushes; `auto` chooses, and there is only this one",
    ),
  image_sync_sync: z.boolean().default(true).describe('false: only look, as `--no-sync` does'),
  docker_registry_setup_sync: z.boolean().default(true).describe("The older role's name for `image_sync_sync`"),
  docker_registry_sync: z.boolean().default(true).describe("The older role's documents' name for `image_sync_sync`"),
});
