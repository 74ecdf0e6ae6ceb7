import { z } from 'zod';
import { controllerFile } from '../../../src/index.js';
import { hostPath } from './host-path.js';

/** Variables of the runtime and the address. */
export const runtimeVars = {
  registry_runtime: z
    .enum(['package', 'docker', 'podman', 'embedded'])
    .default('package')
    .describe(
      "What runs the registry: the distribution's package, a container of the host's docker or podman, or this tool's own registry, which needs nothing but Node on the host",
    ),
  registry_state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('`absent`: stopped and removed; images stay unless `registry_remove_images` is set'),
  registry_port: z.int().min(1).max(65_535).default(5000).describe('Port that it listens on'),
  registry_address: z.string().default('').describe('Address that it listens on; empty: all of them'),
  registry_user: z
    .string()
    .regex(/^[a-z_][\w-]*$/, { error: 'must be the name of a user' })
    .optional()
    .describe('User that runs it, for the podman runtime (rootless). Default: root'),
  registry_home: hostPath
    .optional()
    .describe('Folder of the embedded registry. Default: `/usr/local/lib/provision/NAME`, without root below the home'),
  registry_image: z
    .string()
    .default('registry:2')
    .describe('Image of the registry, for the docker and podman runtimes'),
  registry_image_archive: controllerFile(z.string())
    .optional()
    .describe('Archive of that image on the controller (`docker save`), loaded instead of pulling it'),
  registry_packages: z
    .array(z.string())
    .optional()
    .describe('Packages, for the package and podman runtimes. Default: by operating system'),
  registry_distribution_version: z
    .string()
    .regex(/^\d+\.\d+(\.\d+)?$/, { error: 'must be a version, quoted: "2.8" or "3.1.1"' })
    .optional()
    .describe(
      "Version of the registry's program, which its configuration is written for. Default: 2.8, or what is installed",
    ),
  registry_force: z.boolean().default(false).describe('Update an existing registry that differs, as `--force` does'),
};
