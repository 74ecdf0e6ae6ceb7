import { z } from 'zod';

const hostPath = z.string().regex(/^\//, { error: 'must be an absolute path' });

export const vars = z.object({
  registry_runtime: z
    .enum(['package', 'docker', 'embedded'])
    .default('package')
    .describe(
      "What runs the registry: the distribution's package, a container of the host's docker, or this tool's own registry, which needs nothing but Node on the host",
    ),
  registry_state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('`absent`: stopped and taken away; images stay unless `registry_remove_images` says otherwise'),
  registry_remove_images: z.boolean().default(false).describe('With `registry_state: absent`: the images go too'),
  registry_home: hostPath
    .optional()
    .describe('Folder of the embedded registry. Default: `/usr/local/lib/provision/NAME`, without root below the home'),
  registry_port: z.int().min(1).max(65_535).default(5000).describe('Port that it is reached at'),
  registry_address: z.string().default('').describe('Address that it listens on; empty: all of them'),
  registry_storage_directory: hostPath
    .optional()
    .describe("Folder for the images. Default: the package's own, or `/var/lib/registry`"),
  registry_read_only: z
    .boolean()
    .default(false)
    .describe("Refuse pushes and deletes (405), by the registry's own read-only mode"),
  registry_delete_enabled: z.boolean().default(false).describe('Let manifests and blobs be deleted'),
  registry_tls: z
    .strictObject({ certificate: hostPath, key: hostPath })
    .optional()
    .describe('Certificate (with its chain) and key on the host; without them it speaks plain http'),
  registry_htpasswd: hostPath
    .optional()
    .describe('File of accounts on the host (htpasswd, bcrypt); without it everybody may pull and push'),
  registry_htpasswd_realm: z.string().default('Registry').describe('Realm that clients are shown'),
  registry_image: z.string().default('registry:2').describe('Image of the registry, for the docker runtime'),
  registry_image_archive: z
    .string()
    .optional()
    .describe('Archive of that image on the controller (`docker save`), loaded instead of pulling it'),
  registry_container_name: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'must be letters, digits, "_", "." and "-"' })
    .default('registry')
    .describe('Name of the container, for the docker runtime'),
  registry_packages: z
    .array(z.string())
    .optional()
    .describe('Packages, for the package runtime. Default: by operating system'),
  registry_service: z.string().optional().describe('Service, for the package runtime. Default: by operating system'),
  registry_force: z.boolean().default(false).describe('Update a registry that is there and differs, as `--force` does'),
  docker_registry_setup_force: z.boolean().default(false).describe("The older role's name for `registry_force`"),
});

export type RegistryVars = z.output<typeof vars>;
